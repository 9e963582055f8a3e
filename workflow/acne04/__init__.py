"""A reproducible, versioned, leak-proof home for the ACNE04 family of acne image datasets."""
