"""The way to a person, for one call: put through, wait, be joined, be called back."""
