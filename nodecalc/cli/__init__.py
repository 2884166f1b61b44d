"""The command line: each command reads its words, calls the library and hands the answer to render."""

from __future__ import annotations

from .main import main

__all__ = ["main"]
