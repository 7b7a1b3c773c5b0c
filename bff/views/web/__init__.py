"""Screens of the web client."""
