"""`nodecalc risk`: how sure an answer is, and what drives it."""

from typing import Annotated, Final

from nodecalc.progress import tell
from nodecalc.vocabulary import BESIDE_KEYS

from .asking import Again, ScenarioFile, answered, question_of, the_one
from .declared import Option
from .of_system import Set, System, refuse, refuse_without_system, run_risk
from .options import (
    CatalogFile,
    Chip,
    Format,
    NoChart,
    Size,
    Sources,
    Strict,
    complete_axis,
    complete_node,
    listed,
    with_options,
)
from .output import Force, place

NAME: Final = "risk"
EXAMPLES: Final = (
    "nodecalc risk 107 -n smic-n+2",
    "nodecalc risk 107 -n smic-n+3 -n tsmc-n5 --prob 'smic-n+3 > tsmc-n5'",
    "nodecalc risk 100 -n n5 --vary d0=0.05:0.1:0.3 --vary 'wafer-price~lognormal(16k, 0.2)'",
    "nodecalc risk 600 -n n3e --keys good_die_cost_usd,die_yield --prob 'die_yield > 60%' --plot risk.png",
    "nodecalc risk --system kirin-9030 -n smic-n+2,smic-n+3 --samples 1024",
    "nodecalc risk 100 -n n5 --wafer-basis cost --without euv -o worlds.parquet",
)


def complete_result(incomplete: str) -> list[str]:
    """Return the results that a list ending in `incomplete` can go on with, for shell completion."""
    from nodecalc.drivers.risk_question import RESULTS

    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{key}" for key in RESULTS if key.startswith(last)]


@with_options("size", "die", "stack", "euv", "wafer", "money", *BESIDE_KEYS, "bit_density")
def run(
    size: Size = None,
    node: Annotated[
        list[str] | None,
        Option(
            "--node",
            "-n",
            metavar="NODE",
            help="process node; several share worlds",
            autocompletion=complete_node,
            rich_help_panel="Die",
        ),
    ] = None,
    vary: Annotated[
        list[str] | None,
        Option(
            "--vary",
            metavar="KEY=LAW",
            help="KEY=low:mode:high, KEY=low:high, KEY~normal(mean,s), KEY~lognormal(median,s); NODE:KEY for one node",
            autocompletion=complete_axis,
            rich_help_panel="Risk",
        ),
    ] = None,
    prob: Annotated[
        list[str] | None,
        Option(
            "--prob",
            metavar="STATEMENT",
            help="how likely it is: 'cost < 40', 'n5 > 2 x n7', 'n5:cost < 40'",
            rich_help_panel="Risk",
        ),
    ] = None,
    keys: Annotated[
        str | None,
        Option(
            "--keys",
            metavar="KEY,KEY",
            help="results to work out [default: good_die_cost_usd]",
            autocompletion=complete_result,
            rich_help_panel="Risk",
        ),
    ] = None,
    samples: Annotated[
        str | None,
        Option(
            "--samples",
            metavar="N",
            help="worlds, such as 65536 or 1M [default: 16384]",
            show_default=False,
            rich_help_panel="Risk",
        ),
    ] = None,
    seed: Annotated[
        int | None,
        Option(
            "--seed", metavar="N", help="of the random shifts [default: 0]", show_default=False, rich_help_panel="Risk"
        ),
    ] = None,
    independent: Annotated[
        bool, Option("--independent", help="draw each node on its own, also what several share", rich_help_panel="Risk")
    ] = False,
    no_drivers: Annotated[
        bool,
        Option(
            "--no-drivers",
            help="leave out what drives it, whose shares of variance take most of the time",
            rich_help_panel="Risk",
        ),
    ] = False,
    dask: Annotated[
        str | None,
        Option(
            "--dask",
            metavar="ADDRESS",
            help="run the worlds on a Dask cluster: tcp://host:8786, or local",
            rich_help_panel="Risk",
        ),
    ] = None,
    plot: Annotated[
        str | None,
        Option(
            "--plot",
            metavar="FILE",
            help="draw FILE.svg or FILE.png; needs nodecalc[plot]",
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
    output_format: Format = "table",
    scenario: ScenarioFile = None,
    again: Again = None,
    output: Annotated[
        str | None,
        Option(
            "--output",
            "-o",
            metavar="FILE",
            help="the report into FILE.json, .csv, .md or .xlsx; every world into FILE.parquet or .arrow",
            rich_help_panel="Risk",
        ),
    ] = None,
    force: Force = False,
) -> None:
    """Say how sure an answer is: P10 to P90, odds, what drives it.

    Every figure that has a distribution is drawn from it, for all nodes in the same worlds.
    """
    import sys

    from nodecalc.errors import InputError
    from nodecalc.progress import answered as come
    from nodecalc.progress import doing
    from nodecalc.render.reports.scenario import scenario_report

    worlds = output is not None and output.lower().endswith((".parquet", ".arrow"))
    if system is not None:
        from nodecalc.drivers.risk_question import SAMPLES

        refuse({"SIZE": size, "--chip": chip, "--scenario": scenario, "--again": again}, given)
        where = place(output_format, None if worlds else output, force and not worlds, sources=sources)
        run_risk(
            system, node, vary, prob, keys, samples or str(SAMPLES), seed or 0, independent, not no_drivers, values,
            plot, no_chart, strict, catalog, where, force, output if worlds else None,
        )  # fmt: skip
        return
    refuse_without_system(values)
    where = place(output_format, output, force and (output is not None or plot is None), sources=sources)
    if plot is not None:
        from nodecalc.charts.plot import check_plot
        from nodecalc.files.atomic import check_free

        check_plot(plot)
        check_free(plot, force)
    if keys is not None and not listed(keys):
        raise InputError(f"--keys '{keys}': no results; name some, such as good_die_cost_usd,die_yield")
    own = {
        "vary": vary, "prob": prob, "keys": None if keys is None else listed(keys), "samples": samples, "seed": seed,
        "independent": independent, "no_drivers": no_drivers,
    }  # fmt: skip
    question = question_of(
        NAME, scenario, again, size=size, node=node, chip=chip, given=given, own=own, strict=strict, catalog=catalog
    )
    if dask is None:
        answers = answered(question, again)
    else:
        from nodecalc.cluster.client import connected

        if not dask.strip():
            raise InputError("--dask '': no name; give one, or leave it out")
        with connected(dask) as client:
            answers = answered(question, again, client)
    if plot is not None:
        with doing(f"drawing {plot}"):
            the_one(answers, "--plot").plot(plot)
        tell(f"{plot}: drawn")
    if worlds:
        assert output is not None
        found = the_one(answers, f"-o {output}")
        with doing(f"writing {output}"):
            found.save(output, force=force)
        tell(f"{output}: {found.count:,} worlds")
        return
    if where.path is None and where.format == "table" and not no_chart and sys.stdout.isatty() and len(answers) == 1:
        from nodecalc.charts.histogram import write_spreads

        come()
        write_spreads(answers[0].picture(), sys.stdout)
        print()
    where.write(scenario_report(answers))
