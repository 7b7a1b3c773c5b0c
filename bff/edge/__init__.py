"""HTTP in, HTTP out: finds the endpoint, reads the request, writes the answer or the problem."""
