"""The shop itself: its name and address, and the policy its manager has set."""
