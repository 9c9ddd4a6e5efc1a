"""The peer of bookings through HTTP: a minimal Django site that locks a slot and inserts one row."""
