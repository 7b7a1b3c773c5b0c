"""Code generation, from protos to a package that a view can call."""
