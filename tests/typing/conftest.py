"""Planted mistakes are read by type checkers only: importing them fails, as it should."""

collect_ignore = ["mistaken_views.py"]
