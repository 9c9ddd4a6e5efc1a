"""Prevention: campaigns, whom they reach, days, acts, coverage, actions in the community."""
