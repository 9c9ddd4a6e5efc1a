"""Reads of the exchange context: what a text says, the inbox, what did not leave."""
