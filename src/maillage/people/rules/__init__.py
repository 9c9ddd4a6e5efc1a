"""Identity, reach and the search of a médecin traitant as rules: no framework. Each module is one subject."""
