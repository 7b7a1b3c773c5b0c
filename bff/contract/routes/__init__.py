"""Which path and method reach which rpc: HTTP rules, path templates, and the router."""
