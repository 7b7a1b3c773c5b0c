"""What dev.py does: the standard library alone, for a fresh clone has nothing else."""
