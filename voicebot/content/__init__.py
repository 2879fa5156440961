"""The staff files as values: read, checked for every mistake at once, ready to use.

Start at `load.py`. `tree.py` reads YAML with line numbers, `schema.py` says what a
file may hold, `checks.py` what must agree between entries and files, and `wording.py`
says it to a clerk.
"""
