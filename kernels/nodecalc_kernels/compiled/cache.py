"""Where compiled loops are kept between runs, so that a change of any formula can never meet an old binary.

numba stamps a cached function with the file it stands in and nothing that it calls: a loop over a formula of another
file would go on giving the old numbers after that formula is edited. Here the folder itself carries a hash of
every source file of the package and of the versions of the compilers.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from types import FunctionType
from typing import Any, Final

import llvmlite
import numba
import numpy as np
from numba import config, njit

_numba_config: Final[Any] = config

CACHE_VARIABLE: Final = "NODECALC_CACHE_DIR"
"""Environment variable that names the folder to keep compiled loops in; unset, the user's cache folder."""

PACKAGE: Final = __name__.partition(".")[0]

_decorating: Final = threading.Lock()


def source_hash() -> str:
    """Return a hash of all that decides what the machine code computes: the package's sources, and who compiled it."""
    from hashlib import blake2b

    digest = blake2b(digest_size=12)
    versions = (numba.__version__, llvmlite.__version__, np.__version__, sys.version)
    digest.update(repr(versions).encode())
    for name, source in sorted(_sources(files(PACKAGE))):
        digest.update(name.encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _sources(folder: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every source file of a folder and of those inside it, with its path from there."""
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _sources(entry, f"{above}{entry.name}/")
        elif entry.name.endswith(".py"):
            yield f"{above}{entry.name}", entry


def _hash_at_start() -> str | None:
    try:
        return source_hash()
    except OSError:
        return None


SOURCE_HASH: Final = _hash_at_start()
"""The hash of what was loaded; None where the sources cannot be read. What lies on disk may have changed since."""


def user_cache_folder() -> Path | None:
    """Return the folder for what may be deleted at any time, or None where the user has none."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen)
    base = os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else os.environ.get("XDG_CACHE_HOME")
    if base:
        return Path(base) / "nodecalc"
    try:
        return Path.home() / ".cache" / "nodecalc"
    except RuntimeError:
        return None


def _writable(folder: Path) -> bool:
    from tempfile import TemporaryFile

    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Permission bits do not tell: a full or read-only file system shows only on writing.
        with TemporaryFile(dir=folder) as probe:
            probe.write(b"?")
    except OSError:
        return False
    return True


def find_cache_folder() -> str | None:
    """Return the writable folder that belongs to exactly these sources and versions, or None."""
    base = user_cache_folder()
    if base is None:
        return None
    if SOURCE_HASH is None:
        return None
    folder = base / SOURCE_HASH
    return str(folder) if _writable(folder) else None


_folder: Final = find_cache_folder()

KEEPS: Final = _folder is not None
"""Whether compiled loops are kept for the next time."""


def keep_text(name: str, text: str) -> str:
    """Keep the text of a written function in the cache folder and return the file; a name in brackets where none is.

    Whoever reads a traceback or a profile finds it there. An equal file is left alone: its time is part of what a
    compiled form is found again by.
    """
    import linecache

    if _folder is not None:
        path = Path(_folder) / f"{name}.py"
        try:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                beside = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
                beside.write_text(text, encoding="utf-8")
                beside.replace(path)
            return str(path)
        except OSError:
            pass  # a folder that stopped being writable: the text stays in memory
    file = f"<{name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    return file


def build_loop(template: Callable[..., Any], name: str, formulas: Mapping[str, Any], **options: Any) -> Any:
    """Compile `template` with `formulas` in place of its globals of those names, as a function called `name`.

    Globals and not closures: numba's key for a closure over compiled functions differs in every process. The
    name keeps the loops apart in the cache, as they share their source lines.
    """
    assert isinstance(template, FunctionType)
    loop = FunctionType(template.__code__, {**template.__globals__, **formulas}, name)
    loop.__qualname__ = name
    loop.__module__ = template.__module__
    if _folder is None:
        return njit(**options)(loop)
    with _decorating:
        users = _numba_config.CACHE_DIR
        _numba_config.CACHE_DIR = _folder
        try:
            return njit(cache=True, **options)(loop)
        except (RuntimeError, OSError):
            # No file to stamp (a zipped package), or a folder that stopped being writable: slower, not wrong.
            return njit(**options)(loop)
        finally:
            _numba_config.CACHE_DIR = users
