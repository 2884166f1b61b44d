"""Pictures of numbers, in a terminal and in files."""
