"""Which data an answer rests on: one hash of all built-in files, and one of a user's own."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import nodecalc_seeds

PARTS: Final = (
    "capacity.toml", "carbon.toml", "geometry.toml", "litho.toml", "margins.toml", "memory.toml", "packages.toml",
    "products.toml", "sources.toml",
)  # fmt: skip
"""Files beside those of the nodes."""


@lru_cache(maxsize=1)
def data_digest() -> str:
    """Return a hash of the built-in data, the same on every machine for the same data."""
    from hashlib import blake2b

    found = blake2b(digest_size=16)
    ids = nodecalc_seeds.node_ids()
    for name in (*PARTS, *(f"{part}/{node}.toml" for node in ids for part in ("nodes", "evidence"))):
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
    from pathlib import Path

    return blake2b(Path(path).read_bytes(), digest_size=16).hexdigest()
