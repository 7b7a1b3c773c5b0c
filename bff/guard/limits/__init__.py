"""How often, and how many at once: quotas, and what is refused first under load."""
