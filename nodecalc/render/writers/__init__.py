"""A report as text, JSON, CSV or Markdown."""
