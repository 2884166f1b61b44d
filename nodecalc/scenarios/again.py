"""A saved answer asked again: its question, and what has changed since it was written."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from nodecalc._version import __version__
from nodecalc.catalogue.digest import file_digest
from nodecalc.doors import check_regular
from nodecalc.errors import InputError, NodecalcError
from nodecalc.files.proof import QUESTION, SPEC, check_report
from nodecalc.files.saved import read_json
from nodecalc.question.asking import SWEEP
from nodecalc.question.scenario import Scenario, from_spec

from .answers import SYSTEM_DIGEST, system_file

TRY: Final = "give a .json, .parquet or .arrow file that nodecalc wrote with -o"


def saved_question(path: str, command: str) -> Scenario:
    """Return the question of a file that a command wrote with ``-o FILE``; `command` is the one that is to answer it.

    Raises:
        InputError: no such file, none with a question in it, or its catalogue's or system's file is gone or changed.

    """
    try:
        saved = _saved(path)
    except InputError:
        if is_sweep(path):
            raise _of_sweep(path) from None
        raise
    if QUESTION not in saved:
        if SPEC in saved:
            raise _of_sweep(path)
        refuse_without_question(path)
        raise InputError(f"--again {path}: no question in it; {TRY}")
    check_report(saved, f"--again {path}")
    try:
        made = from_spec(saved[QUESTION])
    except NodecalcError as error:
        raise InputError(f"--again {path}: its question: {error}; {TRY}") from None
    except (KeyError, TypeError, AttributeError, ValueError):
        raise InputError(f"--again {path}: no question in it; {TRY}") from None
    if made.asked_of != command:
        raise InputError(f"--again {path}: an answer of {made.asked_of}; ask nodecalc {made.asked_of} --again {path}")
    for what, file, digest in (
        ("catalogue", made.catalogue, "catalogue_digest"),
        ("system", system_file(made), SYSTEM_DIGEST),
    ):
        try:
            same = file_digest(file) == saved.get(digest)
        except (OSError, NodecalcError, TypeError):  # a path that is no text, too
            same = False
        if not same:
            raise InputError(
                f"--again {path}: its {what} file {file} is gone or has changed; bring it back, or ask anew"
            )
    return made


def _of_sweep(path: str) -> InputError:
    return InputError(f"--again {path}: an answer of {SWEEP}; ask nodecalc {SWEEP} --again {path}")


def is_sweep(path: str) -> bool:
    """Whether a file or folder holds one sweep, whose question it has in a form of its own."""
    from nodecalc.files.opening import metadata_of_file

    try:
        return isinstance(json.loads(metadata_of_file(path)).get(SPEC), Mapping)
    except (NodecalcError, OSError, ValueError, AttributeError, RecursionError):
        return False


def refuse_without_question(path: str, command: str = "") -> None:
    """Refuse a file that nodecalc wrote and that holds no question, or one of another command, with what to do."""
    try:
        saved = _saved(path)
    except NodecalcError:
        return  # what is wrong with it is for its reader to say
    other = saved.get("command")
    if not isinstance(other, str):
        return
    if not {QUESTION, SPEC} & saved.keys():
        raise InputError(f"--again {path}: {_why_not(saved)}")
    if QUESTION in saved and command and other != command:
        raise InputError(f"--again {path}: an answer of {other}; ask nodecalc {other} --again {path}")


def _why_not(saved: Mapping[str, Any]) -> str:
    """Return why an answer of nodecalc cannot be asked again, and what to do instead."""
    rows = saved.get("rows")
    first = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], Mapping) else {}
    system = first.get("system")
    if isinstance(system, str):
        name = system.partition(" on ")[0]
        return (
            f"an answer of nodecalc {saved['command']} --system, which holds no question and cannot be asked again; "
            f"give --system {name} and its other words anew"
        )
    return f"an answer of nodecalc {saved['command']} that holds no question; ask it anew in its own words"


def changes_since(path: str, now: Mapping[str, Any]) -> list[str]:
    """Return what makes the answer another than that in the file: another version, other data; a line each."""
    saved = _saved(path)
    lines = []
    if saved.get("version") != __version__:
        lines.append(f"written by nodecalc {saved.get('version')}, this is {__version__}")
    if saved.get("data") != now["data"]:
        lines.append("written with other built-in data than this version has; 'nodecalc diff' says what that changes")
    return lines


def holds_scenario(path: str) -> bool:
    """Whether a report in JSON holds a whole scenario, as those of several sweeps do."""
    return path.lower().endswith(".json") and QUESTION in _saved(path)


def _saved(path: str) -> Mapping[str, Any]:
    """Return what a file says beside its rows, read once as long as nobody writes it."""
    try:
        return _read(path, os.stat(path).st_mtime_ns)  # noqa: PTH116 - pathlib says no more
    except OSError:
        return _read(path, 0)


@lru_cache(maxsize=4)
def _read(path: str, written: int) -> Mapping[str, Any]:
    ending = Path(path).suffix.lower()
    try:
        if ending in (".parquet", ".arrow"):
            from nodecalc.files.sheet import about

            check_regular(path)
            found: Any = json.loads(about(path, ending))
        else:
            found = read_json(path, "--again", TRY)
    except FileNotFoundError:
        raise InputError(f"--again {path!r}: no such file; {TRY}") from None
    except NodecalcError:
        raise
    except Exception:
        # Nothing but a parser runs here, and those of damaged files raise whatever occurs to them.
        raise InputError(f"--again {path!r}: it cannot be read; {TRY}") from None
    if not isinstance(found, Mapping):
        raise InputError(f"--again {path}: no answer of nodecalc; {TRY}")
    return found
