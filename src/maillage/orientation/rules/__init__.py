"""The rules of the regulation desk: no framework, no database."""
