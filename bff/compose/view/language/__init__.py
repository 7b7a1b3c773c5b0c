"""The words of a view, and how a class body is read that uses them."""
