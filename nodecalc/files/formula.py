"""Texts in tables that spreadsheets open: they take one that begins like a formula for a formula, and carry it out."""

from __future__ import annotations

from typing import Final

STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a formula begins, behind white space that is cut off."""


def no_formula(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; numbers are left as they are.

    >>> [no_formula(text) for text in ("=1+1", "@SUM(A1)", "-0.5", "tsmc-n5")]
    ["'=1+1", "'@SUM(A1)", '-0.5', 'tsmc-n5']
    """
    if not text.startswith(STARTS):
        return text
    try:
        float(text)
    except ValueError:
        return f"'{text}"
    return text
