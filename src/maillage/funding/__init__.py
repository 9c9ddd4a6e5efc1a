"""Funding of a territory: contracts and what they pay, accounts, indemnities, budget."""
