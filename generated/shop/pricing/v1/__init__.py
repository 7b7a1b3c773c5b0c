"""Generated from the protos by `make codegen`; do not edit."""
