"""Rules of the territory context: no framework, one subject a module; import the module you need."""
