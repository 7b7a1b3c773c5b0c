"""Who may come in: tests of bff/guard. `forge` makes the keys and tokens, good and bad."""
