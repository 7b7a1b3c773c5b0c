"""What browsers are told, and who of them may read or open what."""
