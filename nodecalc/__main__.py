"""Run the command line as ``python -m nodecalc``."""

from .cli import main

main()
