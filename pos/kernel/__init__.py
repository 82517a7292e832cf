"""Words with no shop in them: money, quantity, time, who acts, what went wrong, the database."""
