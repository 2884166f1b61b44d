"""`nodecalc solve`: which input makes a result what it is asked to be."""

from typing import TYPE_CHECKING, Annotated, Any, Final

from nodecalc.progress import tell
from nodecalc.vocabulary import BESIDE_KEYS

from .asking import Again, ScenarioFile, answered, question_of, the_one
from .declared import Argument, Option
from .of_system import Set, System, refuse, refuse_without_system, run_solve
from .options import (
    CatalogFile,
    Chip,
    Format,
    NoChart,
    Sources,
    Strict,
    complete_axis,
    complete_key,
    complete_node,
    with_options,
)
from .output import Force, Output, place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nodecalc.drivers.solve.along import Solutions
    from nodecalc.drivers.solve.solution import Solution

NAME: Final = "solve"
EXAMPLES: Final = (
    "nodecalc solve d0 600 -n smic-n+2 --equal tsmc-n7",
    "nodecalc solve d0 100 -n n5 --target cost=30",
    "nodecalc solve area -n n5 --target die-yield=80%",
    "nodecalc solve d0 -n smic-n+2 --equal tsmc-n7 --over area=50:800:16 --plot even.svg",
    "nodecalc solve d0 --system ascend-910c -n smic-n+3 --equal smic-n+2",
    "nodecalc solve d0 600 -n smic-n+2 --equal usd_per_billion_transistors --to tsmc-n7",
)


@with_options("size", "die", "stack", "euv", "wafer", "money", *BESIDE_KEYS, "bit_density")
def run(
    key: Annotated[
        str | None,
        Argument(metavar="KEY", help="the input looked for", autocompletion=complete_key, show_default=False),
    ] = None,
    size: Annotated[
        str | None,
        Argument(metavar="[SIZE]", help="the die; of the other node's where KEY is a size", show_default=False),
    ] = None,
    node: Annotated[
        list[str] | None,
        Option(
            "--node",
            "-n",
            metavar="NODE",
            help="process node; several: each solved",
            autocompletion=complete_node,
            rich_help_panel="Die",
        ),
    ] = None,
    chip: Chip = None,
    target: Annotated[
        list[str] | None,
        Option("--target", metavar="KEY=VALUE", help="the result and what it has to be", rich_help_panel="Solve"),
    ] = None,
    equal: Annotated[
        str | None,
        Option(
            "--equal",
            metavar="NODE|CHIP|KEY",
            help="whom it has to equal; with --to the result in question",
            autocompletion=complete_node,
            rich_help_panel="Solve",
        ),
    ] = None,
    to: Annotated[
        str | None,
        Option(
            "--to",
            metavar="NODE|CHIP",
            help="whom --equal KEY is set against",
            autocompletion=complete_node,
            rich_help_panel="Solve",
        ),
    ] = None,
    over: Annotated[
        list[str] | None,
        Option(
            "--over",
            metavar="KEY=RANGE",
            help="solve at each of several values; smic-n+2:d0=RANGE of one node",
            autocompletion=complete_axis,
            rich_help_panel="Solve",
        ),
    ] = None,
    span: Annotated[
        str | None,
        Option(
            "--range", metavar="LOW:HIGH", help="where KEY is looked for, instead of anywhere", rich_help_panel="Solve"
        ),
    ] = None,
    system: System = None,
    values: Set = None,
    *,
    given: dict[str, str],
    plot: Annotated[
        str | None, Option("--plot", metavar="FILE", help="draw to FILE.svg or .png", rich_help_panel="Output")
    ] = None,
    no_chart: NoChart = False,
    strict: Strict = False,
    sources: Sources = False,
    catalog: CatalogFile = None,
    output_format: Format = "table",
    scenario: ScenarioFile = None,
    again: Again = None,
    output: Output = None,
    force: Force = False,
) -> None:
    """Find the input at which a result is as asked, or nodes equal.

    KEY is any input that is a number: d0, wafer-price, area; smic-n+2:d0 is that of one of the two. Every root in the
    range, each proven by a change of sign; or none, how near it comes and what else would do.
    """
    from nodecalc.progress import doing
    from nodecalc.render.reports.scenario import scenario_report

    plain = plot is None
    where = place(output_format, output, force and (plain or output is not None), sources=sources)
    if system is not None:
        from nodecalc.errors import InputError

        refuse({"SIZE": size, "--chip": chip, "--to": to, "--scenario": scenario, "--again": again}, given)
        if key is None:
            raise InputError("KEY: no input to solve for; name one, such as 'nodecalc solve d0 --system h100 ...'")
        run_solve(
            key, system, node, target, equal, over, span, values, plot, no_chart, strict, catalog, where, force
        )  # fmt: skip
        return
    refuse_without_system(values)
    if plot is not None:
        from nodecalc.charts.plot import check_plot
        from nodecalc.files.atomic import check_free

        check_plot(plot)
        check_free(plot, force)
    own = {"key": key, "target": target, "equal": equal, "to": to, "range": span}
    question = question_of(
        NAME, scenario, again, size=size, node=node, chip=chip, given=given, own=own, axes=_axes(over, given),
        strict=strict,
        catalog=catalog,
    )  # fmt: skip
    with doing("solving"):
        answers = answered(question, again)
        report = scenario_report(answers)
    chart = None if no_chart or where.path is not None or where.format != "table" else True
    if plot is not None or len(answers) == 1:
        _draw(the_one(answers, "--plot").found, plot, chart)
    where.write(report)


def _axes(over: list[str] | None, given: dict[str, str]) -> dict[str, Any]:
    from nodecalc.errors import InputError
    from nodecalc.question.ranges import FORMS, axis_key

    axes: dict[str, Any] = {}
    for text in over or ():
        name, equals, values = text.partition("=")
        if not equals or not name.strip() or not values.strip():
            raise InputError(f"--over '{text}': no axis; write KEY=RANGE, such as area=50:800:16 ({FORMS})")
        if name.strip() in axes:
            raise InputError(f"--over '{text}': {name.strip()} given twice; give each input one axis")
        if "," not in values and ":" not in values:
            raise InputError(f"--over '{text}': one value; give several ({FORMS}), or --{name.strip()} {values}")
        if axis_key(name) in given:
            fixed = f"--{name.strip()} {given[axis_key(name)]}"
            raise InputError(f"--over {text} and {fixed}: it is an axis and fixed; give one of them")
        axes[name.strip()] = values
    return axes


def _draw(found: "Sequence[Solution | Solutions]", plot: str | None, chart: bool | None) -> None:
    """Draw the first question: above the table in a terminal, and to a file where one is named."""
    import os
    import sys

    from nodecalc.progress import answered, doing

    on_screen = bool(chart) and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    if not on_screen and plot is None:
        return
    from nodecalc.drivers.solve.along import Solutions
    from nodecalc.drivers.solve.picture import can_be_drawn, picture, picture_along
    from nodecalc.render.reports.solve import MOST_BANDS

    first = found[0]
    if isinstance(first, Solutions) and plot is None and not can_be_drawn(first):
        return
    drawn = (
        picture_along(list(first), first, band=len(first) <= MOST_BANDS)
        if isinstance(first, Solutions)
        else picture(first)
    )
    if on_screen:
        from nodecalc.charts.terminal import write_chart

        answered()
        write_chart(drawn, sys.stdout)
        sys.stdout.write("\n")
    if plot is not None:
        from nodecalc.charts.plot import save_plot

        with doing(f"drawing {plot}"):
            save_plot(drawn, plot)
        tell(f"drawn: {plot}")
