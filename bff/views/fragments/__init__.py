"""Fragments that several screens are made of: inputs, calls and members to inherit."""
