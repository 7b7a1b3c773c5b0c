"""A plan at work: which calls are asked when, and what their replies are kept as."""
