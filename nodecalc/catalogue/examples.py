"""The examples that are shipped as data: what each shows, the command that uses it, and its text."""

from __future__ import annotations

from typing import NamedTuple

import nodecalc_seeds
from nodecalc.errors import unknown


class Example(NamedTuple):
    """A file to start from."""

    name: str
    file: str
    shows: str
    command: str
    """FILE stands for where the example was written."""

    @property
    def text(self) -> str:
        """The file's text."""
        return nodecalc_seeds.read(f"examples/{self.file}")


def examples() -> list[Example]:
    """Return all examples, in the order in which they are listed.

    >>> examples()[0].name, examples()[0].text.splitlines()[0][:26]
    ('own-node', '# A process node of your o')
    """
    lines = nodecalc_seeds.read("examples/index.txt").splitlines()
    return [Example(*line.split("\t")) for line in lines if line and not line.startswith("#")]


def example(name: str) -> Example:
    """Return the example called `name`, by its name or its file's; an unknown one is an error with the nearest."""
    known = {e.name: e for e in examples()}
    found = known.get(name.strip().lower()) or next((e for e in known.values() if e.file == name.strip()), None)
    if found is None:
        raise unknown("example", name, known, "'nodecalc examples' lists them")
    return found
