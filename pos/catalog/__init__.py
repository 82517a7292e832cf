"""The catalogue: products, the groups they stand in, and the codes they carry."""
