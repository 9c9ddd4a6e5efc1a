"""Computations of the exchange context: bytes in, bytes out, no database."""
