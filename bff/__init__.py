"""A Backend for Frontend: gRPC downstairs, REST upstairs. The plan of the house is in DESIGN.md."""

__version__ = "0.1.0"
