"""What the protos promise: templates, rules, router, codec and schema, tested as pure functions."""
