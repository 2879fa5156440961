"""A day of callers and operators on virtual time: is the queue fair, are its estimates honest."""
