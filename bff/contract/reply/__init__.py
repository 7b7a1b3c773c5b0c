"""What a client is told: statuses, errors, headers made of fields, and what is never shown."""
