"""The shop's network: https for its phones with a certificate of its own, and who may come in by which door."""
