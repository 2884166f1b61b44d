"""Built-in figures of nodecalc: TOML files, and the two small functions that hand their text out."""

from __future__ import annotations

import os

__all__ = ["node_ids", "read"]

_HERE = os.path.dirname(__file__)  # noqa: PTH120 - pathlib costs more to import than everything else here


def read(name: str) -> str:
    """Return the text of the built-in file `name`, a path below this package with forward slashes.

    Works from a folder and from a zipped wheel. Raises OSError where there is no such file.

    >>> read("nodes/tsmc-n5.toml").splitlines()[0]
    'schema = 1'
    """
    # The loader that imported this package reads from wherever it was imported from, zip archives included;
    # importlib.resources does the same for 3.5 ms of imports.
    path = os.path.join(_HERE, *name.split("/"))  # noqa: PTH118
    loader = __spec__.loader if __spec__ is not None else None
    get_data = getattr(loader, "get_data", None)
    if get_data is None:
        with open(path, "rb") as file:  # noqa: PTH123
            data: bytes = file.read()
    else:
        data = get_data(path)
    # A checkout may have turned line ends into \r\n, which nothing that reads these files should have to know.
    return data.decode("utf-8").replace("\r\n", "\n")


def node_ids() -> tuple[str, ...]:
    """Return the ids of all built-in nodes, in the order in which they are listed to people."""
    lines = read("nodes/index.txt").splitlines()
    return tuple(line.split("\t", 1)[0] for line in lines if line and not line.startswith("#"))
