"""People: their PINs, roles and sign-ins."""
