"""Test, stacks, packages and one-time costs: from dies to what a finished unit costs."""
