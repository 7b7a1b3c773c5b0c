"""Declarations only: one screen a file, in the folder of the client that it is for. Owned by
front-end teams.
"""
