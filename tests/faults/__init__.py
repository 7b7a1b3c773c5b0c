"""The fault plan of docs/spec/reliability.md, run against a real BFF: `make faults`.

Called by `python -m tests.faults` (the whole plan, minutes) and by the tests beside it (each
          scenario once, seconds).
"""
