"""A multilingual voice switchboard."""

__version__ = "0.1.0"
