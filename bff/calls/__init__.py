"""One call, done well: its deadline, its failure, its record. `pipeline.py` owns the order of the
steps.
"""
