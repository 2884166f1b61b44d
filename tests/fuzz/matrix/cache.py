"""The sweep over a cache of compiled loops that something happened to."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from .ended import Ended, run

NOBODY = 65534


def _entries(cache: Path, ending: str) -> list[Path]:
    return sorted(cache.glob(f"*/*{ending}"))


def _altered(ending: str, change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    def damage(cache: Path) -> None:
        for entry in _entries(cache, ending):
            entry.write_bytes(change(entry.read_bytes()))

    return damage


def _flipped(place: Callable[[int], int]) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        at = place(len(data))
        return data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]

    return change


def _owned_by_another(cache: Path) -> None:
    for path in (*cache.glob("*"), *cache.glob("*/*")):
        os.chown(path, NOBODY, NOBODY)


def _open_to_all(cache: Path) -> None:
    for path in cache.glob("*"):
        path.chmod(0o777)


def _full(cache: Path) -> None:
    """Have a disk with no room in the place of the folder."""
    shutil.rmtree(cache)
    cache.mkdir(mode=0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k,mode=700", "tmpfs", str(cache)], check=True)


def _nearly_full(cache: Path) -> None:
    """Have a disk that takes the first entries and no more."""
    shutil.rmtree(cache)
    cache.mkdir(mode=0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", str(cache)], check=True)


NOISE = random.Random(3).randbytes(3000)
DAMAGES: dict[str, Callable[[Path], object]] = {
    "whole": lambda cache: None,
    **{
        f"{name}, {what}": _altered(ending, change)
        for name, ending in (("loops", ".loop"), ("texts", ".py"))
        for what, change in {
            "empty": lambda data: b"",
            "cut": lambda data: data[: len(data) // 2],
            "random": lambda data: NOISE,
            "head flipped": _flipped(lambda size: 3),
            "sum flipped": _flipped(lambda size: 20),
            "data flipped": _flipped(lambda size: size // 2),
            "end flipped": _flipped(lambda size: size - 5),
        }.items()
        if ending == ".loop" or what in ("empty", "random", "data flipped")
    },
    "of another owner": _owned_by_another,
    "open to all": _open_to_all,
    "full disk": _full,
    "disk that fills up": _nearly_full,
    "a file in its place": lambda cache: (shutil.rmtree(cache), cache.write_bytes(b"x")),
    "gone": shutil.rmtree,
}


def cache_rows() -> Iterator[tuple[str, Ended, Ended]]:
    """Damage a cache, and run the program twice; the first row is whole."""
    with tempfile.TemporaryDirectory() as folder:
        base, cache = Path(folder) / "base", Path(folder) / "cache"
        run(base)
        for name, damage in DAMAGES.items():
            shutil.copytree(base, cache)
            try:
                damage(cache)
                yield name, run(cache), run(cache)
            finally:
                subprocess.run(["umount", str(cache)], capture_output=True, check=False)
                cache.unlink() if cache.is_file() else shutil.rmtree(cache, ignore_errors=True)
