"""What a plan says of itself: text, JSON, pictures, and what a change does to it."""
