"""Reading a user's TOML file: whatever is wrong with it is one line that names the file."""

from __future__ import annotations

from typing import Any, Final

from nodecalc.doors import regular_text
from nodecalc.errors import CatalogueError, InputError

from .schema import shown_path

MOST_BYTES: Final = 2_000_000
"""Bytes of a catalogue or stack at most; all that is built in, in one file, is less than half of it."""

MOST_PARTS: Final = 64
"""Parts of a key, with dots between them, at most."""


def load_toml(file: str, what: str) -> dict[str, Any]:
    """Return the tables of the TOML file `file`, which should be a `what`, "catalogue" or "stack", for messages."""
    import tomllib

    name = shown_path(file)
    absent = f"{name}: no such file; give the path of a TOML {what} file"
    try:
        text = regular_text(file, MOST_BYTES)
    except FileNotFoundError:
        raise CatalogueError(absent) from None
    except InputError as error:
        problem = str(error).removeprefix(f"'{file}': ")
        raise CatalogueError(f"{name}: {problem if problem.isprintable() else ascii(problem)}") from None
    except OSError as error:
        raise CatalogueError(f"{name}: cannot be read: {error.strerror or type(error).__name__}") from None
    except UnicodeDecodeError as error:
        raise CatalogueError(f"{name}: not TOML: byte {error.start} is not UTF-8") from None
    deep = f"{name}: not a {what}: lists or tables nested too deep"
    if text.count(".") >= MOST_PARTS and _has_long_key(text):
        raise CatalogueError(deep)
    try:
        return tomllib.loads(text)
    except ValueError as error:
        # tomllib says "... (at line 3, column 5)"; a whole number of thousands of digits fails without a place.
        problem = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "a number with too many digits"
        raise CatalogueError(f"{name}: not TOML: {problem if problem.isprintable() else ascii(problem)}") from None
    except RecursionError:
        raise CatalogueError(deep) from None


def _has_long_key(text: str) -> bool:
    """Whether some key has too many parts: the parser takes time that grows with the square of their number."""
    import re

    part = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')\s*+\.\s*+"""
    return re.search(rf"(?<![\w-])(?:{part}){{{MOST_PARTS}}}", text) is not None
