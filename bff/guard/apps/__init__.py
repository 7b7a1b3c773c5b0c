"""Apps renew their tokens through this server; nothing else of the issuer is reachable."""
