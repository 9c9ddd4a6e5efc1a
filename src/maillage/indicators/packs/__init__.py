"""Files of rows: read where they lie, checked whole, in a flat form or in OMOP CDM 5.4."""
