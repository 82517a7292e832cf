"""The gate, and the dossier of papers that it judges by."""
