"""Sweeps to files and back, under one name: what writes is in `saving` and `partitions`, what reads in `opening`."""

from .opening import open_sweep, provenance_of_file, request_of_file
from .saving import save

__all__ = ["open_sweep", "provenance_of_file", "request_of_file", "save"]
