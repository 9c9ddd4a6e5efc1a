"""Time, states and audiences of the agenda: no framework."""
