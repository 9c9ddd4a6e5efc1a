"""Pages of listening, under /pilotage/ecoute/, and those that everybody opens without an account."""
