"""Where we remember. In memory by default; a store that others share has the same few methods."""
