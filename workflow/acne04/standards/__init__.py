"""A release in the words of others: Croissant for who loads it, a run crate for who re-runs it."""
