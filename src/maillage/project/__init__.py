"""The health project of a territory."""
