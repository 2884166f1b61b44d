"""What a sweep boils down to, one pass over its points each: extremes, means, quantiles, best points, a front."""
