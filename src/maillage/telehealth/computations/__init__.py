"""What is computed from what other contexts keep: the extracts of a file that may be shared."""
