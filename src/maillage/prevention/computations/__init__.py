"""What a campaign has covered, where its next day would reach most: counts, no name."""
