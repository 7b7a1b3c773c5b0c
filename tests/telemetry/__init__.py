"""Logs and metrics: tests of bff/telemetry."""
