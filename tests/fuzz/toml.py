"""Catalogues and stacks: files that the program itself wrote, changed in their tables or in their text."""

from __future__ import annotations

import json
import random
import string
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import nodecalc as nc
from nodecalc.doors import brief

from . import oracle, said, words
from .lines import called
from .runner import Fault
from .said import written

HOSTILE: tuple[Any, ...] = (
    "", "x", -1, 0, 1, 10**30, 1e308, 5e-324, float("inf"), float("nan"), True, [], [1], ["a"], {}, {"a": 1},
    {"value": 1, "unit": "USD"}, {"value": 1e308, "unit": "USD"}, {"value": 5, "low": 9, "high": 1, "unit": "1/cm2"},
    {"value": "x"}, "=1+1", "<script>", "|", "a\\", "\u202e", "µm", "$x^2$", "tsmc-n5", "user", "assumed", "measured",
    2025, 1e-3, 12, 9, 3000, "x" * 5000, [[]], [{}], {"value": []}, "../../etc/passwd", "%s", "N5", "x=y", "a b", "²",
    "arfi", "euv", "saqp",
)  # fmt: skip


SCENARIO = """schema = 1
extends = "scenario.toml"
[die]
node = ["n5:d0=0.07", "n7"]
year = 2025
yield-model = "murphy"
[axes]
d0 = "0.05:0.5:4"
wafer-price = [9000, "15k"]
[points]
file = "points.csv"
"""
POINTS = "name,size,systematic-yield,chip\na,100,0.9,\nb,10x12,,\nc,,95%,h100\n"


def value_text(value: Any) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {value_text(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(value_text, value)) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)


def toml_text(tables: dict[str, Any]) -> str:
    """Return tables as one file: what is no table at the top, then each table with its entries inline."""
    lines = [f"{json.dumps(key)} = {value_text(value)}" for key, value in tables.items() if not isinstance(value, dict)]
    for kind, entries in tables.items():
        if isinstance(entries, dict):
            plain = [f"{json.dumps(k)} = {value_text(v)}" for k, v in entries.items() if not isinstance(v, dict)]
            lines += [f"[{json.dumps(kind)}]", *plain] if plain else []
            for name, entry in entries.items():
                if not isinstance(entry, dict):
                    continue
                lines.append(f"[{json.dumps(kind)}.{json.dumps(name)}]")
                lines += [f"{json.dumps(key)} = {value_text(value)}" for key, value in entry.items()]
    return "\n".join(lines) + "\n"


def changed(rng: random.Random, tables: Any) -> Any:
    """Return a copy with something replaced, removed, added or doubled somewhere inside."""
    copy = json.loads(json.dumps(tables))
    at: Any = copy
    for _ in range(rng.randint(1, 4)):
        inner = [v for v in (at.values() if isinstance(at, dict) else at) if isinstance(v, dict | list) and v]
        if not inner:
            break
        at = rng.choice(inner)
    key = rng.choice(list(at)) if isinstance(at, dict) else rng.randrange(len(at))
    kind = rng.random()
    if kind < 0.55:
        at[key] = rng.choice(HOSTILE)
    elif kind < 0.65:
        del at[key]
    elif kind < 0.8 and isinstance(at, dict):
        at[
            rng.choice(
                ("d0", "wafer_price", "value", "low", "high", "kind", "source", "note", "evidence", "x\n", "", "-")
            )
        ] = rng.choice(HOSTILE)
    elif isinstance(at[key], int | float) and not isinstance(at[key], bool):
        at[key] = at[key] * rng.choice((0.0, -1.0, 0.5, 2.0, 1e3, 1e-3, 1e12))
    return copy


def scrambled(rng: random.Random, text: str) -> bytes:
    """Return a text with letters changed, lines doubled or cut."""
    data = bytearray(text.encode())
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(data))
        kind = rng.random()
        if kind < 0.4:
            data[place] = rng.choice(string.printable.encode() + b"\x00\xff\xc3")
        elif kind < 0.6:
            del data[place : place + rng.randint(1, 30)]
        elif kind < 0.8:
            data[place:place] = rng.choice(
                (b"[[", b"]]", b'"""', b"= ", b"{", b"}", b"\n", b"1e999", b".", b"#", b"nan")
            )
        else:
            data[place:place] = data[place : place + rng.randint(1, 60)]
    return bytes(data)


class Toml:
    """Files for --catalog, --stack and --scenario, systems, and CSVs of points."""

    name = "toml"

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fuzz-toml-"))
        self.catalogues = [written("examples", name) for name in ("own-node", "own-evidence", "own-tool")]
        self.catalogues += [written("nodes", node, "-f", "toml") for node in ("n5", "smic-n+2", "n7")]
        self.scenarios = [written("examples", "scenario"), SCENARIO]
        self.systems = [written("examples", "own-system")]
        said.write_files(self.folder)
        self.stacks = [written("examples", "own-stack"), written("wafer", "n7", "-f", "toml")]

    def case(self, rng: random.Random) -> tuple[str, bytes]:
        kind = rng.choices(("catalog", "stack", "scenario", "system", "points"), (8, 4, 4, 3, 1))[0]
        if kind == "points":
            return kind, scrambled(rng, POINTS)
        kinds = {"stack": self.stacks, "catalog": self.catalogues, "scenario": self.scenarios, "system": self.systems}
        text = rng.choice(kinds[kind])
        if rng.random() < 0.3:
            return kind, scrambled(rng, text)
        tables = tomllib.loads(text)
        for _ in range(rng.choice((1, 1, 2, 3))):
            tables = changed(rng, tables)
        if kind == "stack":
            head = {key: value for key, value in tables.items() if not isinstance(value, list)}
            layers = tables.get("layer", [])
            text = toml_text(head) + "".join(
                "[[layer]]\n" + "".join(f"{json.dumps(k)} = {value_text(v)}\n" for k, v in layer.items())
                for layer in layers
                if isinstance(layer, dict)
            )
        else:
            text = toml_text(tables)
        return kind, text.encode("utf-8", "replace")

    def check(self, case: tuple[str, bytes]) -> bool:
        kind, data = case
        path = self.folder / ("points.csv" if kind == "points" else f"{kind}.toml")
        path.write_bytes(data)
        if kind == "stack":
            return self._run("wafer", "n7", "--stack", str(path))
        if kind == "system":
            return self._run("system", str(path))
        if kind in ("scenario", "points"):
            return self._run("die", "--scenario", "more.toml" if kind == "points" else str(path))
        try:
            catalogue = nc.load_catalogue(path)
        except nc.NodecalcError as error:
            if not str(error).isprintable() or len(str(error)) > 3000:
                raise Fault(f"an error that is no line: {brief(str(error))}") from None
            return False
        own = [node for node in catalogue.node_ids if node not in words.NODES]
        nodes = ",".join([*own, "n5", "n7", "smic-n+2"][:3])
        answered = self._run("die", "100", "-n", nodes, "--catalog", str(path))
        self._run("nodes", *nodes.split(","), "--catalog", str(path), "-f", "markdown")
        self._run("wafer", nodes.split(",")[0], "--catalog", str(path))
        return answered

    def _run(self, *line: str) -> bool:
        code, out, err = called(line, str(self.folder))
        oracle.check_printed(err, "errors")
        oracle.check_printed(out, "an answer")
        if code not in (0, 2):
            raise Fault(f"exit code {code}: {err[-300:]!r}")
        if code == 0 and line[0] in ("die", "system"):
            oracle.check_table(out)
        return code == 0
