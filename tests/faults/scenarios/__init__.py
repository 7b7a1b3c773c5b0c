"""The scenarios, a file for each fault; tests/faults/network.py and hostile.py list them."""
