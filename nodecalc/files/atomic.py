"""Files that are whole or not there: written under a hidden name beside their place, and renamed when complete."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from itertools import count
from pathlib import Path
from typing import BinaryIO, Final

from nodecalc.doors import real_path
from nodecalc.errors import InputError, OutputError

SUFFIX: Final = ".partial"
LONGEST_NAME: Final = 150
"""Bytes of a file name that are repeated in the hidden one: file systems allow 255 in all."""

_numbers = count()
_mine: set[str] = set()
"""Hidden files that this process is writing."""


class Beside:
    """A file that takes the place of `path` when the ``with`` block ends well, and otherwise was never there.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "out.txt"
    ...     with Beside(path) as file:
    ...         _ = file.write(b"all of it")
    ...     path.read_text(), len(os.listdir(folder))
    ('all of it', 1)

    """

    def __init__(
        self, path: str | os.PathLike[str], tidy: bool = True, before: Callable[[], object] = lambda: None
    ) -> None:
        """Check that `path` can be written.

        `tidy` removes what runs that were killed left beside it; `before` is called when the file is complete, just
        before it takes its place.
        """
        self._name = os.fspath(path)
        self._target = check_target(path)
        self._tidy = tidy
        self._before = before

    def __enter__(self) -> BinaryIO:
        if self._tidy:
            remove_leftovers(self._target.parent, self._target.name)
        self._partial = self._target.with_name(f"{_stem(self._target.name)}{os.getpid()}.{next(_numbers)}{SUFFIX}")
        _mine.add(self._partial.name)
        try:
            self._file = self._partial.open("xb")
        except OSError as error:
            _mine.discard(self._partial.name)
            raise failed(error, self._name) from None
        return self._file

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        try:
            if kind is None:
                self._finish()
        except OSError as late:
            raise failed(late, self._name) from None
        finally:
            self._discard()
        if isinstance(error, OSError) and not isinstance(error, OutputError):
            raise failed(error, self._name) from None

    def _finish(self) -> None:
        on_disk(self._file)
        self._file.close()
        if self._target.exists():
            self._partial.chmod(stat.S_IMODE(self._target.stat().st_mode))
        self._before()
        self._partial.replace(self._target)

    def _discard(self) -> None:
        with suppress(OSError):  # what could not be flushed goes away with the file
            self._file.close()
        self._partial.unlink(missing_ok=True)
        _mine.discard(self._partial.name)


def on_disk(file: BinaryIO) -> None:
    """Have the disk hold what was written: else a machine that loses its power could come back with a name alone."""
    file.flush()
    os.fsync(file.fileno())


def check_target(path: str | os.PathLike[str]) -> Path:
    """Return where a file of that name will really be, links followed, or say why it cannot be written."""
    name = os.fspath(path)
    try:
        target = Path(real_path(name))
    except OSError as error:
        raise failed(error, name) from None
    except ValueError as error:
        raise error if isinstance(error, InputError) else InputError(f"{name!r}: no name for a file") from None
    try:
        mode = target.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        if not target.parent.is_dir():
            raise InputError(
                f"'{name}': there is no folder '{target.parent}'; make it first, or name another"
            ) from None
        return target
    except OSError as error:
        raise failed(error, name) from None
    if stat.S_ISDIR(mode):
        raise InputError(f"'{name}': a folder; give the name of a file in it")
    if not stat.S_ISREG(mode):
        raise InputError(f"'{name}': no regular file, so nothing can take its place; give the name of a file")
    if not os.access(target, os.W_OK):
        raise OutputError(errno.EACCES, os.strerror(errno.EACCES), name)
    return target


def check_free(path: str | os.PathLike[str], force: bool | None) -> None:
    """Refuse a file that is there, unless it may be replaced; of None nobody can say that it may."""
    if check_target(path).exists() and not force:
        instead = "remove it" if force is None else "add --force to replace it"
        raise InputError(f"'{path}': there is a file of that name; {instead}, or give another name")


def failed(error: OSError, name: str) -> OutputError:
    """Return `error` as one that names the file and takes one line, whatever library raised it."""
    code = error.errno or errno.EIO
    text = os.strerror(code) if error.errno else " ".join(str(error).split())
    return OutputError(code, f"{text}; it was not written", name)


def remove_leftovers(folder: Path, name: str | None = None) -> None:
    """Remove hidden files that dead processes of this host left in `folder`: all, or those beside the file `name`."""
    head = _stem(name) if name is not None else "."
    try:
        found = [entry.name for entry in os.scandir(folder) if entry.name.endswith(SUFFIX)]
    except OSError:
        return  # whoever writes there next says it better
    for leftover in found:
        if leftover.startswith(head) and _is_dead(leftover):
            (folder / leftover).unlink(missing_ok=True)


def _host() -> str:
    return os.uname().nodename if hasattr(os, "uname") else os.environ.get("COMPUTERNAME", "host")


def _stem(name: str) -> str:
    """The hidden name up to the process, the same for every process of this host."""
    raw = os.fsencode(name)
    if len(raw) > LONGEST_NAME:
        name = blake2b(raw, digest_size=16).hexdigest()
    return f".{name}.{_host()}."


def _is_dead(leftover: str) -> bool:
    """Whether the process in a hidden file's name is one of this host and has gone."""
    parts = leftover.removesuffix(SUFFIX).rsplit(".", 2)
    if (
        len(parts) != 3
        or not parts[0].endswith(f".{_host()}")
        or not all(part.isascii() and part.isdigit() for part in parts[1:])
    ):
        return False
    process = int(parts[1])
    if process == os.getpid():
        return leftover not in _mine  # a process before us had our number, as the first one in a container has
    if os.name != "posix":
        return False  # there, signal 0 would be sent for real
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False  # it lives, and is somebody else's
    except OverflowError:
        return False
    return False
