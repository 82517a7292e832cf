"""The cash book (sổ quỹ): what is in drawers, safe and bank, and every document that moved it."""
