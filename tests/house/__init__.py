"""The rules of the house, as tests over the tree: see DESIGN.md."""
