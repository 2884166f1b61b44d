"""What answers look like in a notebook: one file an answer, each from the same parts."""
