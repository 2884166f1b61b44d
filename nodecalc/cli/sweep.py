"""`nodecalc sweep`: the product of any input axes over any nodes, as rows, charts, files, or what it boils down to."""

from typing import TYPE_CHECKING, Annotated, Any, Final

from nodecalc.progress import tell
from nodecalc.vocabulary import BESIDE_KEYS

from .asking import ScenarioFile, answered, question_of
from .declared import Argument, Option
from .of_system import Set, System, refuse, refuse_without_system, sweep_of_system
from .options import (
    CatalogFile,
    Chip,
    Format,
    NoChart,
    Sources,
    Strict,
    complete_axis,
    complete_node,
    listed,
    with_options,
)
from .output import Force, place
from .sweep_checks import check_against, check_options, writes_report
from .sweep_request import request_again, request_of_words, say_what_changed, sweep_of

if TYPE_CHECKING:
    from nodecalc.drivers.sweep.request import Request
    from nodecalc.drivers.sweep.swept import Swept
    from nodecalc.question.scenario import Scenario

NAME: Final = "sweep"
EXAMPLES: Final = (
    "nodecalc sweep 100 -n n5,smic-n+2 --over d0=0.05:0.5:10",
    "nodecalc sweep 600 -n smic-n+2 --against n7 --over d0=0.005:0.1:39",
    "nodecalc sweep 100 -n n5,n7 --over year=2020:2026:7 --keys cost,band --plot years.png",
    "nodecalc sweep -n n5 --over die-area-mm2=10:800:500:log --over d0=0.01:1:500 -o grid.parquet",
    "nodecalc sweep 10x10 -n n5 --over wafer-price=5000:20000:1000 --over d0=0.05:0.5:1000 --reduce min,p50,max",
    "nodecalc sweep --system h100 --over die.gpu.d0=0.05:0.3:6 --keys cost,band",
    "nodecalc sweep --again grid.parquet --best good_die_cost_usd",
)


def complete_result(incomplete: str) -> list[str]:
    """Return the results that a list ending in `incomplete` can go on with, for shell completion."""
    from nodecalc.drivers.sweep.request import BAND_NAMES, RESULTS

    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{key}" for key in (*RESULTS, BAND_NAMES[0]) if key.startswith(last)]


@with_options("size", "die", "stack", "euv", "wafer", "money", *BESIDE_KEYS, "bit_density")
def run(
    size: Annotated[
        str | None,
        Argument(
            metavar="[SIZE]",
            help="the die: 100, 100mm2 or 1cm2 (area), 10x12 or 10x12mm (sides); leave it out where it is an axis",
            show_default=False,
        ),
    ] = None,
    node: Annotated[
        list[str] | None,
        Option(
            "--node",
            "-n",
            metavar="NODE",
            help="process node; several are the first axis",
            autocompletion=complete_node,
            rich_help_panel="Die",
        ),
    ] = None,
    over: Annotated[
        list[str] | None,
        Option(
            "--over",
            metavar="KEY=RANGE",
            help="an axis; give one for each input",
            autocompletion=complete_axis,
            rich_help_panel="Sweep",
        ),
    ] = None,
    against: Annotated[
        list[str] | None,
        Option(
            "--against",
            metavar="NODE",
            help="a node that keeps its own D0 and price where these are axes: a line to meet in the chart",
            autocompletion=complete_node,
            rich_help_panel="Sweep",
        ),
    ] = None,
    keys: Annotated[
        str | None,
        Option(
            "--keys",
            metavar="KEY,KEY",
            help="results to work out; band is P10, P50 and P90 [default: the cost]",
            autocompletion=complete_result,
            rich_help_panel="Sweep",
        ),
    ] = None,
    output: Annotated[
        str | None,
        Option(
            "--output",
            "-o",
            metavar="FILE",
            help="write to FILE.parquet, .arrow, .csv, .npz, .json, .md or .xlsx, or in parts to FOLDER/",
            rich_help_panel="Output",
        ),
    ] = None,
    force: Force = False,
    expand: Annotated[
        bool,
        Option(
            "--expand",
            help="axes as columns of more than 10^7 rows too; of fewer they are anyway",
            rich_help_panel="Output",
        ),
    ] = False,
    compact: Annotated[
        bool,
        Option(
            "--compact", help="axes once, in the metadata of the file, and not as columns", rich_help_panel="Output"
        ),
    ] = False,
    resume: Annotated[
        bool, Option("--resume", help="go on with a folder that an earlier run left", rich_help_panel="Output")
    ] = False,
    again: Annotated[
        str | None,
        Option(
            "--again", metavar="FILE", help="ask what FILE, written by a sweep, has answered", rich_help_panel="Sweep"
        ),
    ] = None,
    reduce: Annotated[
        str | None,
        Option(
            "--reduce",
            metavar="NAME,NAME",
            help="min, argmin, max, argmax, mean, quantiles such as p50",
            rich_help_panel="Streams",
        ),
    ] = None,
    best: Annotated[
        str | None,
        Option(
            "--best",
            metavar="KEY",
            help="the best points by KEY",
            autocompletion=complete_result,
            rich_help_panel="Streams",
        ),
    ] = None,
    top: Annotated[
        int | None,
        Option(
            "--top",
            metavar="N",
            help="how many best points [default: 10]",
            show_default=False,
            rich_help_panel="Streams",
        ),
    ] = None,
    pareto: Annotated[
        str | None,
        Option(
            "--pareto",
            metavar="KEY,KEY",
            help="the points that none other equals or beats in both",
            autocompletion=complete_result,
            rich_help_panel="Streams",
        ),
    ] = None,
    dask: Annotated[
        str | None,
        Option(
            "--dask",
            metavar="ADDRESS",
            help="run on a Dask cluster: tcp://host:8786, or local",
            rich_help_panel="Sweep",
        ),
    ] = None,
    plot: Annotated[
        str | None,
        Option(
            "--plot",
            metavar="FILE",
            help="draw FILE.svg or FILE.png, all keys: one or two numeric axes",
            rich_help_panel="Output",
        ),
    ] = None,
    no_chart: NoChart = False,
    chip: Chip = None,
    system: System = None,
    values: Set = None,
    *,
    given: dict[str, str],
    strict: Strict = False,
    sources: Sources = False,
    catalog: CatalogFile = None,
    scenario: ScenarioFile = None,
    output_format: Format = "table",
) -> None:
    """Work out many points at once: rows, charts, files, streams.

    The product of any input axes; up to 10^10 points and more boiled down as they stream.

    KEY is any input that 'nodecalc keys' calls an axis: d0, alpha, node, model, die-area-mm2, euv-power ... RANGE is
    a,b,c or start:stop:count or start:stop:count:log, ends included; the last axis varies fastest.
    """
    import gc
    from contextlib import AbstractContextManager, nullcontext

    from nodecalc.progress import doing
    from nodecalc.render.writers.output import writer

    gc.enable()  # a sweep is no single answer: what it leaves behind is worth collecting
    writer(output_format, sources)
    if system is not None:
        refuse({"SIZE": size, "--chip": chip, "--against": against, "--again": again, "--scenario": scenario}, given)
    elif again is None:
        refuse_without_system(values)
    own = {"keys": keys, "against": against, "reduce": listed(reduce), "best": best, "top": top, "pareto": pareto}
    streams: list[Any] = [listed(reduce), best, listed(pareto)]
    request: Request | None = None
    if system is not None:
        pass  # its question is read below, when the options are known to be right
    elif again is not None:
        from nodecalc.scenarios.again import holds_scenario, saved_question

        asked = dict(
            SIZE=size,
            node=node,
            over=over,
            against=against,
            keys=keys,
            chip=chip,
            catalog=catalog,
            strict=strict,
            scenario=scenario,
            set=values,
            **given,
        )
        also = [name for name, value in asked.items() if value]
        if not also and holds_scenario(again):
            question = saved_question(again, NAME)
            _write_several(question, again, {"--dask": dask, "--plot": plot}, output_format, output, force, sources)
            return
        request = request_again(again, also)
    elif scenario is not None:
        from nodecalc.question.ranges import read_over
        from nodecalc.scenarios.answers import requests_of
        from nodecalc.scenarios.commands import STREAMS

        axes = dict(read_over(text) for text in over or ())
        question = question_of(
            NAME, scenario, None, size=size, node=node, chip=chip, given=given, own=own, axes=axes, strict=strict,
            catalog=catalog,
        )  # fmt: skip
        requests = requests_of(question)
        if len(requests) != 1:
            _write_several(question, None, {"--dask": dask, "--plot": plot}, output_format, output, force, sources)
            return
        request, settled = requests[0]
        streams, top = [settled.get(key) for key in STREAMS], settled.get("top", top)
        best = streams[1]
    else:
        request = request_of_words(
            size, node or [], over or [], keys, [best, *(listed(pareto) or [])], chip, strict, catalog, given,
            against or [],
        )  # fmt: skip
    boiled_down = any(asked_for is not None for asked_for in streams)
    check_options(output, force, expand, compact, resume, top, best, dask, boiled_down, plot, output_format, sources)

    from nodecalc.drivers.sweep.asking import TOP, told
    from nodecalc.drivers.sweep.swept import Swept
    from nodecalc.render.reports.sweep import rows_report

    sweep: Swept
    if request is None:
        assert system is not None
        ranked = [key for key in (best, *(listed(pareto) or [])) if key is not None]
        sweep = sweep_of_system(system, node, over, [*(listed(keys) or []), *ranked], values, strict, catalog)
    else:
        check_against(request.against, output, boiled_down)
        sweep = sweep_of(request)
    if plot is not None:
        from nodecalc.drivers.sweep.picture import check_drawn

        check_drawn(sweep)
    if again is not None:
        say_what_changed(again, sweep)
    if dask is None:
        cluster: AbstractContextManager[Any] = nullcontext()
    else:
        from nodecalc.cluster.client import connected

        cluster = connected(dask)
    with cluster as client, told(True) as tell:
        sweep.tell = tell
        if boiled_down:
            from nodecalc.drivers.sweep.reduce.reduction import reduced

            reduced(sweep, streams[0], best, TOP if top is None else top, streams[2], client)
        written = None
        if output is not None and writes_report(output):
            place("table", output, force).write(rows_report(sweep, "json"))
        elif output is not None:
            with doing(f"writing {output}"):
                written = sweep.save(output, expand=expand, compact=compact, resume=resume, client=client)
        if plot is not None:
            with doing(f"drawing {plot}"):
                sweep.plot(plot)
        _show(sweep, written, output is not None, boiled_down, plot, no_chart, output_format, sources)


def _write_several(
    question: "Scenario",
    again: str | None,
    of_one: dict[str, str | None],
    output_format: str,
    output: str | None,
    force: bool,
    sources: bool,
) -> None:
    """Write the sweeps of a scenario that asks for more than one, as one report."""
    from nodecalc.errors import InputError
    from nodecalc.render.reports.scenario import scenario_report

    option = next((name for name, value in of_one.items() if value is not None), None)
    if option is not None or (output is not None and not writes_report(output)):
        said = option or f"-o {output}"
        raise InputError(f"{said}: of one sweep, and this scenario has several; write .json or .md, or ask one of them")
    where = place(output_format, output, force, sources=sources)
    where.write(scenario_report(answered(question, again)))


def _show(
    sweep: "Swept",
    written: str | None,
    in_file: bool,
    streams: bool,
    plot: str | None,
    no_chart: bool,
    output_format: str,
    sources: bool,
) -> None:
    """Print the answer: what was boiled down, or rows; of a file only what was written, to standard error."""
    import sys

    from nodecalc.progress import answered
    from nodecalc.render.reports.sweep import rows_report, streams_report, write_chart, write_rows_csv
    from nodecalc.render.writers.output import WRITERS, write, writer

    if written is not None or plot is not None:
        answered()
    for line in (written, None if plot is None else f"drawn: {plot}"):
        if line is not None:
            tell(line)
    if streams:
        write(streams_report(sweep), output_format, sources=sources)
        return
    if in_file:
        return
    if writer(output_format) is WRITERS["csv"] and not sweep.against:
        if sys.stdout.isatty():
            sweep.tell = None  # rows and a bar on one screen are neither
            answered()
        write_rows_csv(sweep, sys.stdout)
        return
    drawn = writer(output_format) is WRITERS["table"] and not no_chart and write_chart(sweep, sys.stdout)
    write(rows_report(sweep, output_format, drawn), output_format, sources=sources)
