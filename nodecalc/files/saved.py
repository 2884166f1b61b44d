"""Files of other programs and of earlier runs, read as data: whatever is wrong with one is a line that names it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

from nodecalc.doors import regular_text
from nodecalc.errors import InputError


def read_text(path: str | os.PathLike[str], what: str, give: str) -> str:
    """Return the text of a file; `what` names it in errors, `give` says what to give instead."""
    name = f"{what} {os.fspath(path)!r}"
    try:
        return regular_text(path)
    except FileNotFoundError:
        raise InputError(f"{name}: no such file; {give}") from None
    except UnicodeDecodeError:
        raise InputError(f"{name}: no text in UTF-8; {give}") from None
    except IsADirectoryError:
        raise InputError(f"{name}: a folder; {give}") from None
    except OSError as error:
        raise InputError(f"{name}: cannot be read: {error.strerror or type(error).__name__}; {give}") from None


def read_json(path: str | os.PathLike[str], what: str, give: str) -> Any:
    """Return what a file of JSON holds."""
    import json

    text = read_text(path, what, give)
    try:
        return json.loads(text)
    except ValueError as error:
        raise InputError(f"{what} {os.fspath(path)!r}: no JSON ({error}); {give}") from None
    except RecursionError:
        raise InputError(f"{what} {os.fspath(path)!r}: no JSON (nested too deep); {give}") from None


def csv_rows(lines: Iterable[str], what: str, delimiter: str = ",") -> Iterator[list[str]]:
    """Yield the cells of each line.

    >>> list(csv_rows(["a,b", '1,"2,3"'], "file"))
    [['a', 'b'], ['1', '2,3']]
    """
    import csv

    try:
        yield from csv.reader(lines, delimiter=delimiter)
    except csv.Error as error:
        raise InputError(f"{what}: no CSV ({error}); save it as CSV in UTF-8") from None
