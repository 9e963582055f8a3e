"""How images are related: subjects, kinship, what leaks, what people decided."""
