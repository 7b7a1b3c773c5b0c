"""Screens for everybody, signed in or not: publicly cacheable."""
