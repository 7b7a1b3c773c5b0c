"""Plans as endpoints: inputs, faces, schema, variants, answers that are kept."""
