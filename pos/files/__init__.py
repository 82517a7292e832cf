"""Papers and pictures that people upload: checked, re-encoded, named by what is in them."""
