"""Makes a data pack out of the files that public bodies publish, in the shapes in which they publish them."""
