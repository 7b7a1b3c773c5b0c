"""The document as an oracle: what it promises is what the server does."""
