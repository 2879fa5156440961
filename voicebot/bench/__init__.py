"""What measures the switchboard on recorded callers."""
