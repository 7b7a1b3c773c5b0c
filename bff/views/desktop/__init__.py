"""Screens of the desktop client: those of the web, with more."""
