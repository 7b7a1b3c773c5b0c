"""Classes of views to plans, every mistake told with its line."""
