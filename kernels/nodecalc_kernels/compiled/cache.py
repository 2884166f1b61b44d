"""Where compiled loops are kept between runs, so that a change of any formula can never meet an old binary.

numba stamps a cached function with the file it stands in and nothing that it calls: a loop over a formula of another
file would go on giving the old numbers after that formula is edited. Here the folder itself carries a hash of
every source file of the package and of the versions of the compilers. All of it may be deleted, damaged or out of
reach at any time: then loops are compiled again, which takes longer and gives the same bits.
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
from numba import njit

from nodecalc_kernels.numpy_whole import np

from .store import LoopStore, is_safe, is_safe_above

CACHE_VARIABLE: Final = "NODECALC_CACHE_DIR"
"""Environment variable that names the folder to keep compiled loops in; unset, the user's cache folder."""

PACKAGE: Final = __name__.partition(".")[0]


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


def _usable(folder: Path) -> bool:
    """Whether a folder, made where it is missing, is ours alone and can be written."""
    from tempfile import TemporaryFile

    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        # What is loaded is run: nobody else may have put it there.
        if not (is_safe_above(folder.parent) and is_safe(folder)):
            return False
        # Permission bits do not tell: a full or read-only file system shows only on writing.
        with TemporaryFile(dir=folder) as probe:
            probe.write(b"?")
    except (OSError, ValueError):  # a NUL in the name
        return False
    return True


def find_cache_folder() -> str | None:
    """Return the folder that belongs to exactly these sources and versions, ours alone and writable, or None."""
    base = user_cache_folder()
    if base is None:
        return None
    if SOURCE_HASH is None:
        return None
    folder = base / SOURCE_HASH
    return str(folder) if _usable(folder) else None


_folder: Final = find_cache_folder()

KEEPS: Final = _folder is not None
"""Whether compiled loops are kept for the next time."""


def is_kept(name: str) -> bool:
    """Whether some form of the loop `name` is there from an earlier run, so that nothing is compiled for it."""
    try:
        return _folder is not None and any(Path(_folder).glob(f"{name[:80]}.*"))
    except OSError:
        return False


def keep_text(name: str, text: str) -> str:
    """Keep the text of a written function in the cache folder and return the file; a name in brackets where none is.

    Whoever reads a traceback or a profile finds it there. An equal file is left alone.
    """
    import linecache

    if _folder is not None:
        path, data = Path(_folder) / f"{name}.py", text.encode()
        try:
            if not path.is_file() or path.read_bytes() != data:
                beside = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}.partial")
                beside.write_bytes(data)
                beside.replace(path)
            return str(path)
        except OSError:
            pass  # a folder that stopped being writable: the text stays in memory
    file = f"<{name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    return file


def build_loop(template: Callable[..., Any], name: str, formulas: Mapping[str, Any], **options: Any) -> Any:
    """Compile `template` with `formulas` in place of its globals of those names, as a function called `name`.

    Globals and not closures, as what a closure holds is part of no entry's key. The name keeps the loops apart in the
    cache, as they share their source lines.
    """
    assert isinstance(template, FunctionType)
    loop = FunctionType(template.__code__, {**template.__globals__, **formulas}, name)
    loop.__qualname__ = name
    loop.__module__ = template.__module__
    settings: dict[str, Any] = {"no_cfunc_wrapper": True, **options}  # nobody calls it from C
    compiled = njit(**settings)(loop)
    if _folder is not None and hasattr(compiled, "enable_caching"):  # absent where numba was told not to compile
        compiled._cache = LoopStore(loop, Path(_folder))
    return compiled
