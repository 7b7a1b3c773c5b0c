"""Views with every face, over the demo's services. Used by test_faces*.py alone."""
