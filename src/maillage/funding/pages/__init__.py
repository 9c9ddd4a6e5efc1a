"""Pages of funding, under /pilotage/financement/."""
