"""The generator: a few lines a vector, fixed keys, no randomness, the same octets always."""
