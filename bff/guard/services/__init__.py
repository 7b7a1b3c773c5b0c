"""How services are told who calls."""
