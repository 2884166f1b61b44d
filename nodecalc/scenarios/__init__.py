"""Scenarios: one question as data, asked of any command, and asked again."""
