"""Elementary functions, whole numbers and distributions that the formulas use."""
