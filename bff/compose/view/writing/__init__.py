"""A view's JSON, spliced of what the replies hold."""
