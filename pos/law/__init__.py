"""Legal values with their dates and sources, as data: a rate that changes is a new row, not new code."""
