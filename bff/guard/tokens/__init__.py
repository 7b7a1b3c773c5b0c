"""Is a bearer token good, and whose is it: the verifier, and the keys that it goes by."""
