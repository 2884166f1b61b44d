"""From defects to yields: mean faults, the yield models, and their logarithms, losses and inverses."""
