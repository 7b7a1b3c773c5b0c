"""The gateways that we measure ourselves against."""
