"""One fake for each port, and a clock that costs no time."""
