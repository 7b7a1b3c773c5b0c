"""The identity provider, as we ask it: described, its keys, its tokens and what it signs for us."""
