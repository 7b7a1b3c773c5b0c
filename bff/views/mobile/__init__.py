"""Screens of the mobile client."""
