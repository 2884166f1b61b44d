"""The help of the program and of its commands as plain text, readable from 60 columns.

Options stand under headings, the text beside its option where there is room and below it where there is none. Examples
stand one a line, as they are typed; one that is too long goes on behind a backslash, so that it can still be copied.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

HEADINGS: Final = (
    "Die", "System", "Capacity", "Split", "Memory", "Carbon", "Claims", "Scenario", "Sweep", "Solve", "Compare", "Risk",
    "Streams", "Counts", "Pitches", "Defects", "Salvage", "Wafer", "Fields", "Layers", "Filters", "Figures", "Output",
    "Options",
)  # fmt: skip
"""What options stand under, in this order; "Options" is for those that say nothing."""

EXIT_CODES: Final = (
    ("0", "done"),
    ("1", "could not, such as a file that cannot be written"),
    ("2", "bad usage or input; one line says what is allowed"),
    ("130", "interrupted"),
)
"""Exit codes of every command."""

_TITLES: Final = {"Layers": "Layers, of a wafer at cost", "Streams": "Streams, in the place of rows"}
"""What some headings say in full."""

_HELD: Final = "\xa0"
"""A space at which no line is broken."""

WIDEST: Final = 100
"""Columns that help takes where a terminal has more."""
BESIDE: Final = 70
"""Columns from which an option's text stands beside it."""
LEFT: Final = 24
"""Columns that options take at most where their text stands beside them; a longer one has its text below."""


def command_help(command: Any, ctx: Any) -> str:
    """Return the help of one command."""
    page = _Page()
    page.usage(command, ctx)
    for paragraph in (command.help or "").split("\n\n"):
        page.paragraph(paragraph)
    for heading, rows in _options(command, ctx):
        page.rows(heading, rows)
    page.examples((command.epilog or "").splitlines())
    return page.text()


def program_help(group: Any, ctx: Any) -> str:
    """Return the help of the program: what each command does, and the exit codes."""
    page = _Page()
    page.usage(group, ctx)
    page.paragraph(group.help or "")
    named = [(name, group.get_command(ctx, name)) for name in group.list_commands(ctx)]
    page.rows("Commands", [(name, _first_line(command.help)) for name, command in named])
    for heading, rows in _options(group, ctx):
        page.rows(heading, rows)
    page.rows("Exit codes", EXIT_CODES)
    page.examples((group.epilog or "").splitlines())
    return page.text()


def _first_line(text: str | None) -> str:
    return " ".join((text or "").split("\n\n", 1)[0].split())


def _options(command: Any, ctx: Any) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the arguments and options under their headings."""
    found: dict[str, list[tuple[str, str]]] = {"Arguments": [], **{heading: [] for heading in HEADINGS}}
    for parameter in command.get_params(ctx):
        record = parameter.get_help_record(ctx)
        if record is None:
            continue
        is_word = parameter.param_type_name == "argument"
        heading = "Arguments" if is_word else getattr(parameter, "rich_help_panel", None) or "Options"
        found[heading].append(record)
    if len(found["Options"]) == 1 and found["Output"]:
        found["Output"] += found.pop("Options")  # --help alone needs no heading of its own
    return [(heading, rows) for heading, rows in found.items() if rows]


class _Page:
    """Lines of at most the terminal's width."""

    def __init__(self) -> None:
        from shutil import get_terminal_size

        self.width = min(max(get_terminal_size().columns, 40), WIDEST)
        self.lines: list[str] = []

    def text(self) -> str:
        return "\n".join(self.lines) + "\n"

    def _fold(self, text: str, first: str, rest: str) -> list[str]:
        from textwrap import wrap

        plain = " ".join(text.split())
        head, bracket, inside = plain.rpartition(" [")
        if bracket and plain.endswith("]") and len(rest) + 1 + len(inside) <= self.width:
            plain = f"{head} [{inside.replace(' ', _HELD)}"  # range and default stay on one line
        lines = wrap(
            plain,
            self.width,
            initial_indent=first,
            subsequent_indent=rest,
            break_on_hyphens=False,
            break_long_words=False,
        )
        return [line.replace(_HELD, " ") for line in lines]

    def usage(self, command: Any, ctx: Any) -> None:
        head = f"Usage: {ctx.command_path} "
        self.lines += self._fold(" ".join(command.collect_usage_pieces(ctx)), head, " " * min(len(head), 8))

    def paragraph(self, text: str) -> None:
        self.lines += ["", *self._fold(text, "  ", "  ")]

    def rows(self, heading: str, rows: Iterable[tuple[str, str]]) -> None:
        rows = list(rows)
        self.lines += ["", f"{_TITLES.get(heading, heading)}:"]
        short = all(len(name) <= 12 for name, _ in rows)
        beside = self.width >= BESIDE or short
        left = min(max(len(name) for name, _ in rows), LEFT) if beside else 4
        for name, said in rows:
            indent = " " * (left + 4) if beside else " " * 6
            if beside and len(name) <= left:
                self.lines += self._fold(said, f"  {name:{left}}  ", indent)
            else:
                self.lines += [f"  {name}", *self._fold(said, indent, indent)]

    def examples(self, lines: list[str]) -> None:
        if lines:
            self.lines += ["", "Examples:"]
        for line in lines:
            self.lines += continued(line, self.width)


def continued(line: str, width: int) -> list[str]:
    r"""Return a line to type, indented, over as many lines of at most `width` columns as it takes.

    >>> continued("nodecalc die 100 -n n5 --explain", 24)
    ['  nodecalc die 100 \\', '    -n n5 --explain']
    """
    found, indent = [], "  "
    words = _pairs(line)
    while words:
        now = indent + words.pop(0)
        while words and len(now) + 1 + len(words[0]) + (2 if len(words) > 1 else 0) <= width:
            now += f" {words.pop(0)}"
        found.append(f"{now} \\" if words else now)
        indent = "    "
    return found


def _pairs(line: str) -> list[str]:
    """Return the words of a line, an option together with its value, which are read better on one line."""
    import re

    found: list[str] = []
    for word in re.findall(r"(?:'[^']*'|\S)+", line):  # what is quoted is one word
        if found and found[-1].startswith("-") and " " not in found[-1] and not word.startswith("-"):
            found[-1] += f" {word}"
        else:
            found.append(word)
    return found
