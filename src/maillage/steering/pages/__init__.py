"""Pages of steering, under /pilotage/."""
