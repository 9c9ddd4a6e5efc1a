"""From rows to results."""
