"""The demo's services: real gRPC, made-up data, and knobs that make them ill.

Why       A newcomer sees the BFF at work in a minute; the journeys test it on real services.
Called by `python -m fake_services` (see cli.py); by tests through `fake_services.server.running`.
Never     part of what is installed: nothing in `bff` imports it.
"""
