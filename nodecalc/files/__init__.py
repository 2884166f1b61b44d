"""Tables of points to files and back."""
