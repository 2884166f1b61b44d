"""Where sweeps are written to: which endings there are, what is a folder, and whether there is room."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Final

from nodecalc.doors import real_path
from nodecalc.errors import InputError, OutputError

ENDINGS: Final = (".parquet", ".arrow", ".csv", ".npz")
FORMS: Final = f"{', '.join(ENDINGS)}, or a folder (a path that ends in /)"


def is_folder(name: str) -> bool:
    """Whether a path means a folder of parts: it ends like one, or there is one."""
    separators = tuple(s for s in (os.sep, os.altsep, "/") if s)
    return bool(name) and (name.endswith(separators) or Path(name).is_dir())


def ending_of(name: str) -> str:
    """Return the ending of a file that can be written and read."""
    if not name:
        raise InputError(f"'': no name of a file; give one that ends in {FORMS}")
    ending = Path(name).suffix.lower()
    if ending not in ENDINGS:
        given = f"ending '{ending}'" if ending else "no ending"
        raise InputError(f"'{name}': {given}; allowed: {FORMS}")
    return ending


def check_space(name: str, needed: int) -> None:
    """Refuse to begin what the disk has no room for."""
    folder = Path(real_path(name))
    while not folder.is_dir():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if needed > free:
        text = f"needs {_size(needed)}, {_size(free)} are free; nothing was written"
        raise OutputError(errno.ENOSPC, text, name)


def _size(count: int) -> str:
    """Return a number of bytes in words."""
    for unit, scale in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= scale:
            return f"{count / scale:.3g} {unit}"
    return f"{count} bytes"
