"""A report into a file: in a format for texts, or as rows with what they answer beside them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, BinaryIO, Final

from nodecalc.errors import InputError
from nodecalc.question.asking import SWEEP

if TYPE_CHECKING:
    from nodecalc.scenarios.answers import Answers

    from .report import Report

TEXTS: Final = {".json": "json", ".csv": "csv", ".md": "markdown", ".markdown": "markdown"}
"""Ending of a file -> format of the report in it."""


def write_report(report: Report, form: str, ending: str, file: BinaryIO, sources: bool = False) -> None:
    """Write a report to an open file: in the format `form` of texts, or where that is none by the file's ending."""
    import io
    import json

    from .writers.output import WRITERS as TEXT_WRITERS

    if form in TEXT_WRITERS:
        from .writers.output import write

        text = io.TextIOWrapper(file, encoding="utf-8", newline="\n", write_through=True)
        try:
            write(report, form, text, sources)
        finally:
            text.detach()
        return
    from nodecalc._version import __version__
    from nodecalc.files.sheet import WRITERS

    about: dict[str, object] = {"command": report.command, "version": __version__, "notes": list(report.notes)}
    about["sources"] = [dict(source) for source in report.sources()]
    if report.saved:
        from .writers.machine import plain

        about |= plain(report.saved())
    WRITERS[ending](file, report.rows, json.dumps(about, sort_keys=True, default=str))


def save_answers(answers: Answers, path: str | os.PathLike[str]) -> None:
    """Write the answers of a scenario to a file: .json, .csv, .md, .parquet, .arrow or .xlsx by its ending.

    The bytes are those that the scenario's command writes with ``--scenario FILE -o PATH``.

    Raises:
        InputError: another ending, or a file that is there.

    """
    from nodecalc.doors import a_path, brief
    from nodecalc.files.atomic import Beside, check_free
    from nodecalc.files.sheet import WRITERS, check_installed

    from .reports.scenario import scenario_report

    if not hasattr(answers, "command"):
        raise InputError(f"answers {brief(answers)}: give what run_scenario returned")
    name = a_path("answers", path, "give the path of a file, such as out.json")
    ending = os.path.splitext(name)[1].lower()  # noqa: PTH122 - as the command line reads it
    if answers.command == SWEEP and len(answers) == 1 and ending not in TEXTS and ending != ".xlsx":
        answers[0].save(name)
        return
    if ending not in TEXTS and ending not in WRITERS:
        raise InputError(f"'{name}': ending '{ending}'; allowed: {', '.join((*TEXTS, *WRITERS))}")
    check_free(name, force=None)
    check_installed(ending)
    report = scenario_report(answers)
    with Beside(name) as file:
        write_report(report, TEXTS.get(ending, ""), ending, file)
