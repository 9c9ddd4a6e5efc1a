"""Rules of funding: no framework, whole cents."""
