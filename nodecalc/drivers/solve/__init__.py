"""What would have to be true: the input at which a result is as asked, and where there is none."""
