"""Sweep files: metadata that somebody edited, and bytes that a disk lost."""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

import nodecalc as nc
from nodecalc.drivers.sweep.asking import asked
from nodecalc.drivers.sweep.opening import open_sweep, provenance_of_file, request_of_file
from nodecalc.errors import InputError

from .runner import Fault
from .toml import changed

HOSTILE_NUMBERS = (float("inf"), float("nan"), -5, 0, 10**30, 2**63, 1e308, 0.5, True)


def example() -> nc.Sweep:
    """Return a sweep small enough to be written thousands of times."""
    outputs = ["good_die_cost_usd", "die_yield"]
    return nc.sweep("10x10", node=["tsmc-n5", "smic-n+2"], d0_per_cm2="0.05:0.5:6", outputs=outputs)


class Metadata:
    """What a file says of itself, edited by somebody who knows how."""

    name = "metadata"

    def __init__(self) -> None:
        self.sweep = example()
        self.folder = Path(tempfile.mkdtemp(prefix="fuzz-metadata-"))
        self.held = json.loads(self.sweep.provenance.to_json())

    def case(self, rng: random.Random) -> str:
        held: Any = self.held
        if rng.random() < 0.5:
            held = {**held, "spec": changed(rng, {"spec": held["spec"]}).get("spec")}
        for _ in range(rng.choice((0, 1, 1, 2))):
            held = changed(rng, held)
        if rng.random() < 0.2 and isinstance(held.get("spec"), dict) and held["spec"].get("axes"):
            axis = held["spec"]["axes"][-1] if isinstance(held["spec"]["axes"], list) else None
            if isinstance(axis, dict):
                axis[rng.choice(("count", "start", "stop", "values", "key", "log"))] = rng.choice(HOSTILE_NUMBERS)
        text = json.dumps(held)
        if rng.random() < 0.1:
            place = rng.randrange(len(text))
            text = text[:place] + rng.choice(("[" * 5000, "{", '"', "\\u202e", "1e999", "\x00")) + text[place:]
        return text

    def check(self, case: str) -> bool:
        path = self.folder / "edited.npz"
        if "\x00" in case[-1:]:
            return False
        np.savez(path, nodecalc=np.array(case), **{key: self.sweep[key] for key in self.sweep.outputs})
        done = False
        for read in (open_sweep, lambda p: asked(request_of_file(p)), provenance_of_file):
            try:
                found = read(path)
                if isinstance(found, nc.Sweep):
                    found.point(0), repr(found), found.provenance.line
                done = True
            except (nc.NodecalcError, InputError) as error:
                if not str(error).isprintable() or len(str(error)) > 4000:
                    raise Fault(f"an error that is no line: {str(error)[:300]!r}") from None
        return done


class Damage:
    """Bytes flipped, cut, doubled or emptied, in every form."""

    name = "damage"

    def __init__(self) -> None:
        self.sweep = example()
        self.folder = Path(tempfile.mkdtemp(prefix="fuzz-damage-"))
        self.said = self.sweep.provenance.to_json()
        self.whole: dict[str, bytes] = {}
        for ending in ("parquet", "arrow", "npz"):
            path = self.folder / f"it.{ending}"
            self.sweep.save(path)
            self.whole[ending] = path.read_bytes()
        self.sweep.save(f"{self.folder}/out/")
        for path in (self.folder / "out").iterdir():
            self.whole[f"out/{path.name}"] = path.read_bytes()

    def case(self, rng: random.Random) -> tuple[str, list[tuple[str, int, int]]]:
        name = rng.choice(list(self.whole))
        size = len(self.whole[name])
        kinds = ("flip", "flip", "flip", "set", "cut", "zero", "double", "drop")
        return name, [
            (rng.choice(kinds), rng.randrange(size), rng.randrange(256)) for _ in range(rng.choice((1, 1, 1, 3)))
        ]

    def check(self, case: tuple[str, list[tuple[str, int, int]]]) -> bool:
        name, changes = case
        data = bytearray(self.whole[name])
        for kind, place, value in changes:
            if kind == "flip" and place < len(data):
                data[place] ^= 1 << value % 8
            elif kind == "set" and place < len(data):
                data[place] = value
            elif kind == "cut":
                del data[place:]
            elif kind == "zero":
                data[place : place + 64] = bytes(len(data[place : place + 64]))
            elif kind == "double":
                data[place:place] = data[place : place + value]
            elif kind == "drop":
                del data[place : place + value + 1]
        is_part = name.startswith("out/")
        path = self.folder / (name if is_part else f"it.{name}")
        path.write_bytes(data)
        try:
            opened = open_sweep(self.folder / "out" if is_part else path)
        except nc.NodecalcError as error:
            if not str(error).isprintable():
                raise Fault(f"an error that is no line: {str(error)[:300]!r}") from None
            return False
        except OSError as error:
            if "\n" in str(error):
                raise Fault(f"an error that is no line: {error}") from None
            return False
        finally:
            path.write_bytes(self.whole[name])
        for key in self.sweep.outputs:
            if opened[key].tobytes() != self.sweep[key].tobytes():
                raise Fault(f"a silent change: {key} of {name}")
        if opened.provenance.to_json() != self.said:
            raise Fault(f"a silent change: what {name} says of itself")
        return True
