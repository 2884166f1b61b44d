"""What is asked: numbers, sizes, names and axes as people write them, and the figures that fill what is not given."""
