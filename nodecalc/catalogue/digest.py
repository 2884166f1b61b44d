"""Which data an answer rests on: one hash of all built-in files, and one of a user's own."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import nodecalc_seeds

PARTS: Final = (
    "capacity.toml", "carbon.toml", "claims.toml", "conventions.toml", "geometry.toml", "litho.toml", "margins.toml",
    "memory.toml", "packages.toml", "products.toml", "sources.toml",
)  # fmt: skip
"""Files beside those of the nodes and systems."""


def names() -> tuple[str, ...]:
    """Return the names of all built-in files of data; of a node's evidence also where it has none."""
    nodes = (f"{part}/{node}.toml" for node in nodecalc_seeds.node_ids() for part in ("nodes", "evidence"))
    lines = nodecalc_seeds.read("systems/index.txt").splitlines()
    systems = (line.partition("\t")[0] for line in lines if line and not line.startswith("#"))
    return (*PARTS, *nodes, *(f"systems/{system}.toml" for system in systems))


@lru_cache(maxsize=1)
def data_digest() -> str:
    """Return a hash of the built-in data, the same on every machine for the same data."""
    from hashlib import blake2b

    found = blake2b(digest_size=16)
    for name in names():
        try:
            text = nodecalc_seeds.read(name)
        except OSError:
            continue  # not every node has evidence of its own
        found.update(f"{name}\n{text}\n".encode())
    return found.hexdigest()


def file_digest(path: str | None) -> str | None:
    """Return a hash of a user's catalogue file, by which a later run knows it again."""
    if path is None:
        return None
    from hashlib import blake2b

    from nodecalc.doors import regular_bytes

    return blake2b(regular_bytes(path), digest_size=16).hexdigest()
