"""What bodies are: types, which of them a client wants, and raw bytes."""
