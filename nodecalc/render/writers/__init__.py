"""A report as text, JSON, CSV, Markdown or HTML."""
