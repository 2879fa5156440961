"""Model files: what there is, where it lies, that it is whole, how it is fetched."""
