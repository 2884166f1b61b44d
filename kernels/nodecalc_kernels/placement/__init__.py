"""Dies on a wafer: exact counts, published closed formulas, and what it means that a die fits."""
