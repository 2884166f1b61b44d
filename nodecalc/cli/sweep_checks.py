"""What `nodecalc sweep` is refused for before anything is worked out: options with nothing to do, files in the way."""

from typing import TYPE_CHECKING

from nodecalc.render.saving import TEXTS

from .output import check_agrees, place

if TYPE_CHECKING:
    from collections.abc import Sequence


def check_against(against: "Sequence[str]", output: str | None, streams: bool) -> None:
    """Refuse nodes beside a sweep where only the product of its axes is written."""
    from nodecalc.errors import InputError

    if against and output is not None and not writes_report(output):
        raise InputError(
            f"--against {against[0]} with -o {output}: the file holds the product of the axes; write .json or .md, or "
            "leave one of them out"
        )
    if against and streams:
        raise InputError(
            f"--against {against[0]} with --reduce, --best or --pareto: what streams is not drawn; leave out one"
        )


def check_options(
    output: str | None,
    force: bool,
    expand: bool,
    compact: bool,
    resume: bool,
    top: int | None,
    best: str | None,
    dask: str | None,
    streams: bool,
    plot: str | None,
    output_format: str,
    sources: bool,
) -> None:
    """Refuse options that would have nothing to do, rather than ignore them."""
    from nodecalc.errors import InputError

    if top is not None and best is None:
        raise InputError(f"--top {top}: of what? add --best KEY, such as --best good_die_cost_usd")
    asked = {"--expand": expand, "--compact": compact, "--resume": resume, "--force": force and plot is None}
    for option, is_given in asked.items():
        if is_given and output is None:
            raise InputError(f"{option}: nothing is written; add -o FILE")
    if dask is not None and not streams and output is None:
        raise InputError(
            "--dask: arrays do not travel; add --reduce, --best or --pareto, or -o FOLDER/ that all workers see"
        )
    for option, given in (("--output", output), ("--plot", plot), ("--dask", dask)):
        if given == "":
            raise InputError(f"{option} '': no name; give one, or leave it out")
    if output is not None and not streams and output_format != "table":
        check_agrees(output_format, output)
    if sources and output is not None and not streams:
        raise InputError(f"--sources with -o {output}: the file holds its sources; leave one of them out")
    if output is not None:
        from nodecalc.files.places import is_folder

        if force and plot is None and is_folder(output):
            raise InputError(f"--force with -o {output}: folders go on (--resume), none is replaced; leave it out")
        _check_output(output, force)
        unused = [option for option, is_given in (*asked.items(), ("--dask", dask is not None)) if is_given]
        unused = [option for option in unused if option != "--force" and writes_report(output)]
        if unused:
            raise InputError(f"{unused[0]} with -o {output}: it is of .parquet files and folders; leave it out")
    if plot is not None:
        from nodecalc.charts.plot import check_plot
        from nodecalc.files.atomic import check_free

        check_plot(plot)
        check_free(plot, force)
    if plot is not None and streams:
        raise InputError(
            "--plot with --reduce, --best or --pareto: what streams is not kept to be drawn; leave out one"
        )


def _check_output(path: str, force: bool) -> None:
    """Refuse a file that is there or that cannot be written, before anything is worked out."""
    from pathlib import Path

    from nodecalc.errors import InputError
    from nodecalc.files.atomic import check_free
    from nodecalc.files.places import ENDINGS, FORMS, is_folder

    if writes_report(path):
        place("table", path, force)
    elif not is_folder(path):
        if Path(path).suffix.lower() not in ENDINGS:
            raise InputError(f"-o '{path}': no ending that is known; allowed: .json, .md, .xlsx, {FORMS}")
        check_free(path, force)


def writes_report(path: str) -> bool:
    """Whether a file is written as a report of rows, and not as a table of a sweep."""
    from pathlib import Path

    from nodecalc.files.places import ENDINGS, is_folder

    ending = Path(path).suffix.lower()
    return not is_folder(path) and ending not in ENDINGS and ending in (*TEXTS, ".xlsx")
