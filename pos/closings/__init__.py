"""closings/ — X and Z, the closings of days, months and years, and the seal under them."""
