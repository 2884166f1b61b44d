"""Command lines: words that a command knows, in any order, with plausible and hostile values; run in this process."""

from __future__ import annotations

import io
import os
import random
import shlex
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from nodecalc.cli.declared import COMMANDS, Argument, parameters
from nodecalc.cli.program import run
from nodecalc.vocabulary import QUANTITIES

from . import oracle, said, words
from .runner import Fault

BY_OPTION = {q.option: key for key, q in QUANTITIES.items() if q.option}
HEAVY = {"--dask", "--install-completion", "--show-completion", "--progress"}
"""Options that start a cluster or change the user's shell."""
WEIGHTS = {
    "die": 12, "sweep": 7, "wafer": 3, "fit": 3, "system": 2, "split": 3, "memory": 3, "carbon": 3, "capacity": 3,
    "compare": 3, "risk": 1, "solve": 0.6, "map": 1, "claims": 0.15,
}  # fmt: skip
"""How often a command is drawn, 1 where it is not here: what takes long is drawn less."""
MUST = {"--node", "--over"}
"""Options without which most lines say nothing."""
MUST_OF = {
    "memory": {"--capacity", "--wafer-price", "--d0"},
    "capacity": {"--units"},
    "solve": {"--target"},
    "fit": {"--model"},
    "risk": {"--samples"},
}
GIVEN = {("fit", "file"): 0.8, ("examples", "name"): 0.5, ("claims", "claim"): 0.98, ("nodes", "node"): 0.97}
"""How often an argument is given: a whole list takes long, and is always the same."""


class Line(tuple):
    """Words of a command line, shown as one types them."""

    def __repr__(self) -> str:
        return f"nodecalc {shlex.join(self)}"


class Lines:
    """Every command, every option that it declares."""

    name = "lines"

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="fuzz-lines-")
        said.write_files(Path(self.folder))
        lines = {name: import_module(f"nodecalc.cli.{name}").EXAMPLES for name in COMMANDS}
        self.examples = {name: [shlex.split(line)[1:] for line in lines[name]] for name in COMMANDS}
        self.rows = {name: parameters(import_module(f"nodecalc.cli.{name}").run) for name in COMMANDS}

    def case(self, rng: random.Random) -> Line:
        command = rng.choices(COMMANDS, [WEIGHTS.get(name, 1) for name in COMMANDS])[0]
        return self._example(rng, command) if rng.random() < 0.5 else self._drawn(rng, command)

    def _example(self, rng: random.Random, command: str) -> Line:
        """Return an example of a command, with some of its words changed, left out or joined by others."""
        found = [word for word in rng.choice(self.examples[command]) if word not in HEAVY]
        for _ in range(rng.choice((0, 1, 1, 2))):
            kind = rng.random()
            place = rng.randrange(1, len(found)) if len(found) > 1 else 0
            if kind < 0.5 or not place:
                rows = [row for row in self.rows[command] if row.declared.names and not HEAVY & set(row.declared.names)]
                found += self._option(rng, rng.choice(rows))
            elif found[place - 1].startswith("--") and not found[place].startswith("-"):
                found[place] = self._value(rng, found[place - 1].lstrip("-"))
            elif kind < 0.7:
                found[place] = rng.choice((words.node(rng), words.size(rng), words.bad_text(rng)))
            elif kind < 0.85:
                del found[place]
            else:
                found.insert(place, rng.choice((words.node(rng), words.size(rng), found[place])))
        if command == "risk" and "--samples" not in found and rng.random() < 0.9:
            found += ["--samples", "512"]
        return Line(word.replace("\0", "") for word in found)

    def _drawn(self, rng: random.Random, command: str) -> Line:
        """Return a command with words and options of any kind."""
        found = [command]
        rows = [row for row in self.rows[command] if not HEAVY & set(row.declared.names)]
        options = [row for row in rows if not isinstance(row.declared, Argument)]
        parts: list[list[str]] = []
        for row in rows:
            if isinstance(row.declared, Argument) and rng.random() < GIVEN.get((command, row.name), 0.93):
                parts.append(
                    [self._argument(rng, command, row.name) for _ in range(rng.choice((1, 1, 2)) if row.several else 1)]
                )
        needed = MUST | MUST_OF.get(command, set())
        must = [row for row in options if needed & set(row.declared.names) and rng.random() < 0.9]
        if command == "sweep" and rng.random() < 0.2:
            must += [row for row in options if {"--reduce", "--best"} & set(row.declared.names)]
        for row in must + rng.sample(options, min(len(options), rng.choice((0, 0, 1, 1, 1, 2, 2, 3, 5)))):
            parts.append(self._option(rng, row))
        if rng.random() < 0.015:
            parts.append([words.bad_text(rng)])
        rng.shuffle(parts)
        found += [word.replace("\0", "") for part in parts for word in part]
        return Line(found)

    def _argument(self, rng: random.Random, command: str, name: str) -> str:
        if rng.random() < 0.05:
            return words.bad_text(rng)
        if name == "size":
            return words.size(rng)
        if name in said.FILES:
            return said.file(rng, name)
        say = said.ARGUMENTS.get((command, name))
        return say(rng) if say is not None else words.node(rng)

    def _option(self, rng: random.Random, row: Any) -> list[str]:
        name = rng.choice(row.declared.names)
        if row.type is bool:
            return [name]
        value = self._value(rng, row.declared.names[0].lstrip("-"))
        return [f"{name}={value}"] if name.startswith("--") and rng.random() < 0.3 else [name, value]

    def _value(self, rng: random.Random, name: str) -> str:
        if rng.random() < 0.04:
            return words.bad_text(rng)
        if name in said.SAID and (name not in BY_OPTION or rng.random() < 0.5):
            return said.SAID[name](rng)
        if name in BY_OPTION:
            return words.word(rng, BY_OPTION[name])
        if name in ("node", "to", "like", "against", "compare"):
            return words.node(rng)
        if name == "equal":
            return rng.choice((words.node(rng), *words.CHIPS, *said.RESULTS))
        if name == "over":
            key = rng.choice((*words.KEYS, "node", "d0_per_cm2", "wafer_price_usd", "die_area_mm2"))
            spelled = QUANTITIES[key].option if key in QUANTITIES and rng.random() < 0.5 else key
            return f"{spelled or key}={words.axis(rng, key) if key in QUANTITIES else words.node(rng)}"
        if name == "format":
            return rng.choice(("json", "csv", "markdown", "table", "html", "toml", "JSON"))
        if name == "chip":
            return rng.choice(words.CHIPS)
        if name in ("output", "svg", "png", "csv", "plot"):
            ending = rng.choice(("csv", "json", "parquet", "arrow", "npz", "svg", "png", "txt", "xlsx", "md"))
            return rng.choice((f"out.{ending}", f"out.{ending}", "none/out.csv", "folder/", "."))
        if name in said.FILES:
            return said.file(rng, name)
        return rng.choice((str(rng.randint(0, 5)), f"{rng.uniform(0, 40):.3g}", words.bad_text(rng)))

    def check(self, case: Line) -> bool:
        code, out, err = called(case, self.folder)
        if code not in (0, 1, 2):
            raise Fault(f"exit code {code}: {err[-300:]!r}")
        oracle.check_printed(err, "errors")
        if code:
            last = err.rstrip("\n").rpartition("\n")[2]
            if not last.startswith("nodecalc: "):
                raise Fault(f"no line that says why: {err[-300:]!r}")
            if code == 2 and out.strip():
                raise Fault(f"a refusal with an answer: {out[:300]!r}")
            if "interrupted" in last or "Error" in last:
                raise Fault(f"a cause that is guessed: {last!r}")
            return False
        form = _form(case)
        if "--help" in case or case[0] == "examples" or not out.strip():
            return True
        if form.strip().lower() == "json":
            placed = "" if any("placement" in word for word in case) else "best"
            for row in oracle.strict_json(out)["rows"]:
                oracle.check_row({"placement": placed, **row})
        else:
            oracle.check_printed(out, "an answer")
            if form == "" and case[0] in ("die", "sweep", "wafer", "map"):
                oracle.check_table(out)
        return True


def _form(case: Line) -> str:
    """Return the format that a line asks for: the last that it names."""
    form = ""
    for before, word in zip(("", *case), case, strict=False):
        if before in ("-f", "--format"):
            form = word
        elif word.startswith("--format="):
            form = word.partition("=")[2]
    return form


def called(arguments: tuple[str, ...], folder: str) -> tuple[int, str, str]:
    """Run a command line in this process, in `folder`; return exit code, output and errors."""
    kept, here = (sys.stdout, sys.stderr), os.getcwd()  # noqa: PTH109
    out = io.TextIOWrapper(io.BytesIO(), "utf-8", newline="\n", write_through=True)
    err = io.TextIOWrapper(io.BytesIO(), "utf-8", errors="backslashreplace", newline="\n", write_through=True)
    os.chdir(folder)
    sys.stdout, sys.stderr = out, err
    try:
        code = run(list(arguments))
    finally:
        sys.stdout, sys.stderr = kept
        os.chdir(here)
    written, said = (stream.buffer.getvalue().decode("utf-8", "replace") for stream in (out, err))
    return code, written, said
