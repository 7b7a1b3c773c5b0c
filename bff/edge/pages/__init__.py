"""Views as HTML: their templates, checked against the plan, and what a page may load."""
