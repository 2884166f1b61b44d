"""Compiled loops on disk, one file each: read only when ours and whole, and missed, never fatal, when anything fails.

numba's own cache unpickles whatever lies in its folder, and a damaged entry ends the program, sometimes in the code
generator itself. Here an entry is a checksum and what it is of; a file that is empty, cut, altered, no regular file or
somebody else's is as good as none.
"""

from __future__ import annotations

import os
import pickle
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from operator import attrgetter
from pathlib import Path
from types import FunctionType
from typing import Any, Final

from numba.core import compiler, config, serialize
from numba.core.caching import NullCache

CompileResult: Final[Any] = compiler.CompileResult
dumps: Final[Any] = serialize.dumps
_config: Final[Any] = config

SETTINGS: Final = ("OPT", "LOOP_VECTORIZE", "SLP_VECTORIZE", "BOUNDSCHECK", "ENABLE_AVX", "DISABLE_INTEL_SVML")
"""Settings of numba that change the code it makes: what was compiled under others is another entry."""

HEAD: Final = b"nodecalc loop 1\n"
"""How an entry begins."""

DIGEST_BYTES: Final = 32
MOST_BYTES: Final = 1 << 28
"""Bytes of an entry at most: the longest loop takes a thousandth of it."""

ENDING: Final = ".loop"
PARTIAL: Final = ".partial"
ABANDONED: Final = 3600.0
"""Seconds after which a partial file is that of a killed process: writing one takes milliseconds."""

_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH


def is_safe(folder: Path) -> bool:
    """Whether nobody else can put files into a folder: it is ours and only we may write.

    Where a system has no owners or modes of this kind, its folders count as safe.
    """
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and _only_ours(found)


def is_safe_above(base: Path) -> bool:
    """Whether nobody else can exchange what is in `base`: ours or the system's, and not open to all unless sticky."""
    try:
        found = base.stat()
    except OSError:
        return False
    if os.name != "posix":
        return True
    open_to_all = bool(found.st_mode & stat.S_IWOTH) and not found.st_mode & stat.S_ISVTX
    return found.st_uid in (0, os.geteuid()) and not open_to_all


def _only_ours(found: os.stat_result) -> bool:
    return os.name != "posix" or (found.st_uid == os.geteuid() and not found.st_mode & _OTHERS_WRITE)


def read_entry(path: Path) -> bytes | None:
    """Return what `write_entry` wrote; None where there is none, or it is damaged or not ours alone."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(path, flags), "rb") as file:
            found = os.fstat(file.fileno())
            if not (stat.S_ISREG(found.st_mode) and _only_ours(found) and found.st_size <= MOST_BYTES):
                return None
            data = file.read()
    except OSError:
        return None
    start = len(HEAD) + DIGEST_BYTES
    content = data[start:]
    whole = data[:start] == HEAD + blake2b(content, digest_size=DIGEST_BYTES).digest()
    return content if whole else None


def write_entry(path: Path, content: bytes) -> None:
    """Write an entry, which others see whole or not at all."""
    _remove_abandoned(path.parent)
    partial = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}{PARTIAL}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(partial, flags, 0o600), "wb") as file:
            file.write(HEAD + blake2b(content, digest_size=DIGEST_BYTES).digest())
            file.write(content)
        partial.replace(path)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def _remove_abandoned(folder: Path) -> None:
    limit = time.time() - ABANDONED
    for entry in os.scandir(folder):
        if entry.name.endswith(PARTIAL):
            with suppress(OSError):
                if entry.stat(follow_symlinks=False).st_mtime < limit:
                    os.unlink(entry.path)  # noqa: PTH108 - the entry has the path as text


class LoopStore(NullCache):
    """What numba asks for a compiled form, and gives one to keep; it answers "none" to whatever goes wrong."""

    def __init__(self, loop: FunctionType, folder: Path) -> None:
        """Keep the forms of `loop` in `folder`."""
        self._folder = folder
        self._name = loop.__qualname__
        # The folder stands for all sources; what was written for this run stands here.
        self._code = blake2b(loop.__code__.co_code + repr(loop.__code__.co_names).encode(), digest_size=16).digest()

    @property
    def cache_path(self) -> str:
        """The folder, as numba's statistics show it."""
        return str(self._folder)

    def _place(self, signature: Any, codegen: Any) -> tuple[Path, bytes]:
        """Return the file for one signature on this processor, and all that it must be for."""
        settings = tuple(str(getattr(_config, name, None)) for name in SETTINGS)
        wanted = repr((self._name, self._code, signature, codegen.magic_tuple(), settings)).encode()
        key = blake2b(wanted, digest_size=12).hexdigest()
        return self._folder / f"{self._name[:80]}.{key}{ENDING}", wanted

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the compiled form for a signature, None where there is none to be trusted."""
        with _harmless():
            target_context.refresh()
            path, wanted = self._place(sig, target_context.codegen())
            content = read_entry(path) if is_safe(self._folder) else None
            if content is not None and content.startswith(wanted):
                return CompileResult._rebuild(target_context, *pickle.loads(content[len(wanted) :]))
        return None

    def save_overload(self, sig: Any, cres: Any) -> None:
        """Keep a compiled form, where it can be kept."""
        with _harmless():
            code = _code_of(cres)
            if any(not lifted.can_cache for lifted in cres.lifted) or code.has_dynamic_globals:
                return
            if is_safe(self._folder):
                path, wanted = self._place(sig, cres.codegen)
                write_entry(path, wanted + dumps(cres._reduce()))


_code_of: Final[Callable[[Any], Any]] = attrgetter("library")
"""What numba calls the machine code of a compiled form."""


@contextmanager
def _harmless() -> Iterator[None]:
    """Let nothing out but an interrupt: what cannot be loaded is compiled, what cannot be kept is compiled again."""
    with suppress(Exception):
        yield
