"""The parts of the report, in reading order: each turns the material into one section."""
