"""Shapes that several screens show: what of a message is shown, under which names."""
