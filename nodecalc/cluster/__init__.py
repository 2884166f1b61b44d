"""Ranges of points on a Dask cluster."""
