"""sales/tenders — the kinds of tender, a module each with the same four answers. Pure: no database, no request."""
