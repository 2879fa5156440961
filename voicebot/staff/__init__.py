"""What staff do with their files before callers meet them: check that they say what is meant."""
