"""From the diagnosis to what a project keeps of it."""
