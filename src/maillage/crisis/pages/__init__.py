"""Pages of crisis cells, under /pilotage/crise/, and those that a message opens without an account."""
