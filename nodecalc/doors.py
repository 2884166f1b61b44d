"""What comes from outside: names, several names, paths, and the files behind them; one check, for every door."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from math import nan
from stat import S_ISDIR, S_ISREG
from typing import Any, BinaryIO, Final

from .errors import InputError

LONGEST: Final = 60
"""Characters of a value that an error repeats."""
NUMBER: Final = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?"
"""A number as text. Each digit has one place in it: with two, a long text takes time that grows with its square."""


def a_name(what: str, given: object, allowed: str) -> str:
    """Return `given`, a text that names one `what`; `allowed` says in the error what to give instead."""
    if isinstance(given, str):
        return given
    if isinstance(given, Iterable) and not isinstance(given, bytes | bytearray):
        raise InputError(f"{what} {brief(given)}: not one name; {allowed}")
    raise InputError(f"{what} {brief(given)}: no name; {allowed}")


def names(what: str, given: object, allowed: str) -> tuple[str, ...]:
    """Return `given`, one name or several, as a tuple of them."""
    found: Any = (given,) if isinstance(given, str) else given
    try:
        items = () if isinstance(found, bytes | bytearray) else tuple(found)
    except TypeError:
        found = b""
    if isinstance(found, bytes | bytearray):
        raise InputError(f"{what} {brief(given)}: no names; {allowed}")
    for item in items:
        if not isinstance(item, str):
            raise InputError(f"{what}: {brief(item)} is no name; {allowed}")
    return items


def a_path(what: str, given: object, allowed: str) -> str:
    """Return `given`, a path, as text."""
    if isinstance(given, str | os.PathLike):
        path = os.fspath(given)
        if isinstance(path, str):
            return path
    if isinstance(given, bytes):
        return os.fsdecode(given)
    raise InputError(f"{what} {brief(given)}: no path; {allowed}")


def items(what: str, given: object, allowed: str) -> tuple[Any, ...]:
    """Return `given`, several things in an order, as a tuple; a text is one thing."""
    if isinstance(given, str | bytes | bytearray | memoryview) or not isinstance(given, Iterable):
        raise InputError(f"{what} {brief(given)}: {allowed}")
    try:
        return tuple(given)
    except TypeError:  # an array without dimensions, a class
        raise InputError(f"{what} {brief(given)}: {allowed}") from None


def a_flag(what: str, given: object) -> bool:
    """Return `given`, True or False, also as numpy has them."""
    if isinstance(given, bool) or type(given).__name__ == "bool" or (type(given) is int and given in (0, 1)):
        return bool(given)
    raise InputError(f"{what} {brief(given)}: allowed: True or False")


def real(given: object) -> float:
    """Return `given` as a float, nan for whatever is no number; the caller says what is allowed."""
    try:
        return nan if is_masked(given) or is_complex(given) else float(given)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return nan


def is_masked(given: object) -> bool:
    """Whether `given` is numpy's masked value, of which only a warning would become a number."""
    return type(given).__name__ == "MaskedConstant"


def is_complex(given: object) -> bool:
    """Whether `given` is numpy's complex number, of which a warning and half a number would remain."""
    return getattr(getattr(given, "dtype", None), "kind", "") == "c"


def brief(given: object) -> str:
    """Return `given` as an error repeats it: on one line, and not for ever."""
    try:
        text = " ".join(repr(given).split())
    except ValueError:  # an integer of more digits than Python prints
        return f"an enormous {type(given).__name__}"
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def plain(given: object) -> str:
    """Return `given` as an error repeats it that does not quote it: what is no text, or has no end, is made brief."""
    try:
        text = str(given)
    except ValueError:  # an integer of more digits than Python prints
        return brief(given)
    return text if isinstance(given, str | os.PathLike) or len(text) <= LONGEST else brief(given)


# Files that come from outside


MOST_BYTES: Final = 64_000_000
"""Bytes of a text file at most: ten times what the largest real one has."""


def open_regular(path: str | os.PathLike[str], most: int | None = MOST_BYTES) -> BinaryIO:
    """Open a regular file of at most `most` bytes for reading, without waiting for whoever might fill a pipe.

    Raises:
        OSError: it is not there, or cannot be read.
        InputError: it is no regular file, or too large.

    """
    name = os.fspath(path)
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    descriptor = _descriptor(name, flags)
    found = os.fstat(descriptor)
    if not S_ISREG(found.st_mode) or (most is not None and found.st_size > most):
        os.close(descriptor)
        raise _refused(name, found, most)
    return os.fdopen(descriptor, "rb")


def check_regular(path: str | os.PathLike[str]) -> None:
    """Refuse what is no regular file, which a library would wait for or read for ever; OSError where there is none."""
    open_regular(path, None).close()


def regular_bytes(path: str | os.PathLike[str], most: int = MOST_BYTES) -> bytes:
    """Return the content of a regular file; as `open_regular`."""
    with open_regular(path, most) as file:
        data = file.read(most + 1)
    if len(data) > most:  # it grew, or a file system that makes its files up told no size
        raise InputError(f"'{os.fspath(path)}': more than {most / 1e6:,.0f} MB; give a smaller file")
    return data


def regular_text(path: str | os.PathLike[str], most: int = MOST_BYTES) -> str:
    """Return the text of a regular file in UTF-8, without a byte order mark; UnicodeDecodeError where it is none."""
    return regular_bytes(path, most).decode("utf-8-sig")


def _descriptor(name: str, flags: int) -> int:
    try:
        return os.open(name, flags)
    except ValueError:
        raise InputError(f"{brief(name)}: no name for a file") from None


def _refused(name: str, found: os.stat_result, most: int | None) -> InputError:
    if S_ISDIR(found.st_mode):
        return InputError(f"'{name}': a folder; give the path of a file")
    if not S_ISREG(found.st_mode):
        return InputError(f"'{name}': no regular file but a pipe, socket or device; give the path of a file")
    return InputError(f"'{name}': {found.st_size:,} bytes, at most {most or 0:,} are read; give a smaller file")


def real_path(path: str | os.PathLike[str]) -> str:
    """Return where a file of that name is, links followed; ValueError where no file has such a name."""
    return _from_here(path, os.path.realpath)


def whole_path(path: str | os.PathLike[str]) -> str:
    """Return `path` from the root on; a link stays one."""
    return _from_here(path, os.path.abspath)


def _from_here(path: str | os.PathLike[str], of: Callable[[str], str]) -> str:
    name = os.fspath(path)
    try:
        return of(name)
    except FileNotFoundError:  # of the working directory: what it names need not be there
        raise InputError(f"'{name}': the working directory is gone; change to another, or give a path from /") from None


# What the system refuses


def check_room(library: str) -> None:
    """Raise a MemoryError that says so where the process may not have what a library needs to be loaded."""
    from nodecalc_kernels.room import check_room as check

    check(library)


def refused(error: ImportError | MemoryError | OSError) -> str:
    """Return in words what the system refused.

    >>> refused(FileNotFoundError(2, "No such file or directory", "a.csv"))
    'a.csv: No such file or directory'

    """
    import errno

    from nodecalc_kernels.room import NoRoomError, cause, limits

    if isinstance(error, MemoryError):
        text = str(error)
        return text if isinstance(error, NoRoomError) else f"out of memory{text and ': '}{text}{limits()}"
    if isinstance(error, ImportError):
        if type(error).__module__.partition(".")[0] in ("nodecalc", "nodecalc_kernels"):
            return str(error)
        return f"{error.name or 'a library'} cannot be loaded: {cause(error)}"
    if error.errno is None:
        return str(error)  # an error of our own says all that there is to say
    text = f"{error.filename or 'output'}: {error.strerror or error}"
    return text + limits() if error.errno in (errno.EMFILE, errno.ENOMEM, errno.EAGAIN) else text
