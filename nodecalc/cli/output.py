"""Where the rows of a command go: to standard output in a format, or into a file by its ending."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

from nodecalc.progress import tell
from nodecalc.render.saving import TEXTS

from .declared import Option

if TYPE_CHECKING:
    from nodecalc.render.report import Report

ROWS_ALONE: Final = (".csv", ".parquet", ".arrow", ".xlsx")
"""Endings whose files hold rows and nothing beside them."""

TOML: Final = "toml"
ROWS: Final = "rows"
"""Format of files that no writer of reports makes."""

Output = Annotated[
    str | None,
    Option(
        "--output",
        "-o",
        metavar="FILE",
        help="write to FILE.json, .csv, .md, .parquet, .arrow or .xlsx",
        rich_help_panel="Output",
    ),
]
OutputOrToml = Annotated[
    str | None,
    Option(
        "--output",
        "-o",
        metavar="FILE",
        help="write to FILE.json, .csv, .md, .parquet, .arrow, .xlsx or .toml",
        rich_help_panel="Output",
    ),
]
Force = Annotated[bool, Option("--force", help="replace a file that is there", rich_help_panel="Output")]


class Place(NamedTuple):
    """Where a report goes, checked before anything is worked out."""

    format: str
    """Key of the writers; of a file that no writer makes, "rows"."""
    path: str | None = None
    sources: bool = False
    """Whether the sources are to be shown in full."""

    @property
    def rows_alone(self) -> str:
        """What has no room for anything but rows, as an error names it; "" where there is some."""
        if self.path is not None:
            ending = _ending(self.path)
            return ending if ending in ROWS_ALONE else ""
        return "CSV" if self.format == "csv" else ""

    def write(self, report: Report) -> None:
        """Write the report; of a file say on standard error what it holds."""
        from nodecalc.render.writers.output import write

        if self.path is None:
            write(report, self.format, sources=self.sources)
            return
        from nodecalc.files.atomic import Beside
        from nodecalc.render.saving import write_report

        with Beside(self.path) as file:
            write_report(report, self.format, _ending(self.path), file, self.sources)
        tell(f"{self.path}: {len(report.rows):,} row{'' if len(report.rows) == 1 else 's'}")

    def write_text(self, text: str) -> None:
        """Write a text as it is."""
        if self.path is None:
            sys.stdout.write(text)
            return
        from nodecalc.files.atomic import Beside

        with Beside(self.path) as file:
            file.write(text.encode())
        tell(f"{self.path}: {text.count(chr(10)):,} lines")


def place_text(output: str | None, force: bool) -> Place:
    """Return where a text goes, whatever the file's ending."""
    from nodecalc.errors import InputError

    if output is None and force:
        raise InputError("--force: nothing is written; add -o FILE")
    if output is not None:
        from nodecalc.files.atomic import check_free

        check_free(output, force)
    return Place("text", output)


def _template(output_format: str, output: str | None, force: bool, sources: bool) -> Place:
    from nodecalc.errors import InputError

    if sources:
        raise InputError("--sources with TOML: a file to be read back names its own; leave it out")
    if output_format.lower() not in ("table", TOML):
        raise InputError(f"--format {output_format} with -o {output}: the file is TOML; leave one of them out")
    if output is not None and _ending(output) != f".{TOML}":
        raise InputError(f"--format toml with -o {output}: its name ends in .{TOML}; give such a name")
    return place_text(output, force)._replace(format=TOML)


def place(output_format: str, output: str | None, force: bool, template: bool = False, sources: bool = False) -> Place:
    """Return where the answer goes: `output` by its ending, else standard output in `output_format`.

    `template` where TOML that is read back is among the formats; it is the command that writes it.
    """
    if template and (output_format.lower() == TOML or (output or "").lower().endswith(f".{TOML}")):
        return _template(output_format, output, force, sources)
    from nodecalc.errors import InputError
    from nodecalc.render.writers.output import writer

    writer(output_format, sources)
    if output is None:
        if force:
            raise InputError("--force: nothing is written; add -o FILE")
        return Place(output_format.lower(), None, sources)
    if output_format != "table":
        check_agrees(output_format, output)
    from nodecalc.files.atomic import check_free
    from nodecalc.files.sheet import WRITERS, check_installed

    ending = _ending(output)
    if ending not in TEXTS and ending not in WRITERS:
        given = f"ending '{ending}'" if ending else "no ending"
        raise InputError(f"-o '{output}': {given}; allowed: {', '.join((*TEXTS, *WRITERS))}")
    if sources and ending in ROWS_ALONE:
        raise InputError(f"--sources with -o {output}: no room for them; use .json or .md, or leave it out")
    check_free(output, force)
    check_installed(ending)
    return Place(TEXTS.get(ending, ROWS), output, sources)


def check_agrees(output_format: str, output: str) -> None:
    """Refuse a format that is not that of the file which the answer goes to."""
    from nodecalc.errors import InputError

    if TEXTS.get(_ending(output)) == output_format.lower():
        return
    why = "the file is the answer, in the form of its ending"
    raise InputError(f"--format {output_format} with -o {output}: {why}; leave one of them out")


def _ending(path: str) -> str:
    """Return the ending of a file's name, with its dot; pathlib would slow the start of every command."""
    from os.path import splitext

    return splitext(path)[1].lower()  # noqa: PTH122
