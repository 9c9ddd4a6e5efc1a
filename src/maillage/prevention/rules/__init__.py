"""Who is concerned by what, what follows an invitation, how a pace goes on: no framework."""
