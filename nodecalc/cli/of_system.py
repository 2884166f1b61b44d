"""Sweeps, risks and solutions of a packaged system: `--system NAME` of the commands that else are about a die."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final

from nodecalc.progress import tell

from .declared import Option
from .options import complete_system, listed

if TYPE_CHECKING:
    from nodecalc.charts.picture import Picture
    from nodecalc.systems.sweep import SystemSweep

    from .output import Place

System = Annotated[
    str | None,
    Option(
        "--system",
        metavar="NAME",
        help="a packaged system instead of a die, or several with commas: 'nodecalc system' lists them; KEY is then "
        "PART.KEY, such as die.gpu.d0, or volume, margin, price",
        autocompletion=complete_system,
        rich_help_panel="System",
    ),
]
Set = Annotated[
    list[str] | None,
    Option(
        "--set",
        metavar="PART.KEY=VALUE",
        help="with --system: a value of a part, such as die.gpu.count=2, or volume=1M; repeat",
        rich_help_panel="System",
    ),
]
DRAWN: Final = "table"


def refuse_without_system(values: list[str] | None) -> None:
    """Refuse --set where no system is asked about."""
    from nodecalc.errors import InputError

    if values:
        raise InputError(f"--set {values[0]}: of which system? add --system NAME, such as --system h100")


def refuse(others: Mapping[str, Any], given: Mapping[str, str]) -> None:
    """Refuse options that are about a die, or that nothing of a system takes."""
    from nodecalc.errors import InputError
    from nodecalc.vocabulary import QUANTITIES

    for key, text in given.items():
        option = QUANTITIES[key].option
        raise InputError(
            f"--{option} {text} with --system: write it with its part, such as --set die.gpu.{option}={text}"
        )
    for name, value in others.items():
        if value:
            raise InputError(f"{name} with --system: it is of a die; leave it out")


def sweep_of_system(
    system: str, nodes: list[str] | None, over: list[str] | None, keys: list[str], values: list[str] | None,
    strict: bool, catalog: str | None,
) -> "SystemSweep":  # fmt: skip
    """Return a product of inputs of systems, ready to be worked out."""
    from nodecalc.systems.sweep import sweep_system

    return sweep_system(
        _names(system), _axes(over), node=_nodes(nodes), outputs=keys, values=values or (), strict=strict,
        catalogue=catalog,
    )  # fmt: skip


def run_solve(
    key: str, system: str, nodes: list[str] | None, target: list[str] | None, equal: str | None, over: list[str] | None,
    span: str | None, values: list[str] | None, plot: str | None, no_chart: bool, strict: bool, catalog: str | None,
    place: "Place", force: bool,
) -> None:  # fmt: skip
    """Find the input at which the cost of a system is as asked."""
    from nodecalc.catalogue import open_catalogue
    from nodecalc.drivers.solve.along import Solutions
    from nodecalc.drivers.solve.picture import can_be_drawn, picture, picture_along
    from nodecalc.errors import InputError
    from nodecalc.render.reports.of_system import solve_system_report
    from nodecalc.render.reports.solve import MOST_BANDS
    from nodecalc.systems.solve import solve_system

    names, several = _names(system), _nodes(nodes) or []
    if len(names) > 1 or len(several) > 1:
        raise InputError("--system with several: one is solved for; name whom it has to equal with --equal")
    check_plot(plot, force)
    if not target and equal is None:
        raise InputError(
            "nothing to solve for; give --target KEY=VALUE, such as unit-cost=3000, or --equal NODE or SYSTEM"
        )
    if target and equal is not None:
        raise InputError("--target and --equal: two questions; give one of them")
    words: dict[str, Any] = {"equal": equal} if not target else {}
    found = [
        solve_system(
            key, names[0], node=several[0] if several else None, over=_axes(over), range=span, values=values or (),
            strict=strict, catalogue=open_catalogue(catalog), **(words or {"target": text}),
        )
        for text in target or [""]
    ]  # fmt: skip
    first = found[0]
    if isinstance(first, Solutions):
        drawn = [picture_along(list(first), first, band=len(first) <= MOST_BANDS)] if can_be_drawn(first) else []
    else:
        drawn = [picture(first)] if plot is not None or _on_screen(place, no_chart) else []
    draw(drawn, place, no_chart)
    if plot is not None:
        from nodecalc.charts.plot import save_plot

        if not drawn:
            raise InputError("--plot: no root at any point, so that there is nothing to draw; leave it out")
        save(lambda path: save_plot(drawn[0], path), plot)
    place.write(solve_system_report(found))


def run_risk(
    system: str, nodes: list[str] | None, vary: list[str] | None, prob: list[str] | None, keys: str | None,
    samples: str, seed: int, independent: bool, drivers: bool, values: list[str] | None, plot: str | None,
    no_chart: bool, strict: bool, catalog: str | None, place: "Place", force: bool, worlds: str | None,
) -> None:  # fmt: skip
    """Say how sure the cost of a system is."""
    from nodecalc.catalogue import open_catalogue
    from nodecalc.progress import answered, doing
    from nodecalc.render.reports.of_system import risk_system_report
    from nodecalc.systems.risk import risk_system

    check_plot(plot, force)
    found = risk_system(
        _names(system), node=_nodes(nodes), vary=vary or (), prob=prob or (), outputs=listed(keys) or (),
        samples=samples, seed=seed, independent=independent, drivers=drivers, values=values or (), strict=strict,
        catalogue=open_catalogue(catalog),
    )  # fmt: skip
    if plot is not None:
        save(found.plot, plot)
    if worlds is not None:
        with doing(f"writing {worlds}"):
            found.save(worlds, force=force)
        tell(f"{worlds}: {found.count:,} worlds")
        return
    if _on_screen(place, no_chart):
        from nodecalc.charts.histogram import write_spreads

        answered()
        write_spreads(found.picture(), sys.stdout)
        print()
    place.write(risk_system_report(found))


def _names(system: str) -> list[str]:
    from nodecalc.errors import InputError

    found = listed(system)
    if not found:
        raise InputError(f"--system '{system}': no name; give one, such as h100")
    return found


def _nodes(nodes: list[str] | None) -> list[str] | None:
    found = [name for word in nodes or () for name in listed(word) or ()]
    return found or None


def _axes(over: list[str] | None) -> dict[str, Any]:
    from nodecalc.errors import InputError
    from nodecalc.question.ranges import FORMS

    axes: dict[str, Any] = {}
    for text in over or ():
        name, equals, values = text.partition("=")
        if not equals or not name.strip() or not values.strip():
            raise InputError(f"--over '{text}': no axis; write PART.KEY=RANGE, such as volume=1e4,1e5 ({FORMS})")
        if name.strip() in axes:
            raise InputError(f"--over '{text}': {name.strip()} given twice; give each input one axis")
        axes[name.strip()] = values
    return axes


def check_plot(plot: str | None, force: bool) -> None:
    """Refuse a picture that cannot be written, before anything is worked out."""
    if plot is not None:
        from nodecalc.charts.plot import check_plot
        from nodecalc.files.atomic import check_free

        check_plot(plot)
        check_free(plot, force)


def _on_screen(place: "Place", no_chart: bool) -> bool:
    import os

    shown = place.path is None and place.format == DRAWN and not no_chart
    return shown and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def draw(pictures: "list[Picture]", place: "Place", no_chart: bool) -> bool:
    """Draw charts above the table, where there is a terminal; say whether any was drawn."""
    from nodecalc.progress import answered

    if not pictures or not _on_screen(place, no_chart):
        return False
    from nodecalc.charts.terminal import write_charts

    answered()
    write_charts(pictures, sys.stdout)
    sys.stdout.write("\n")
    return True


def save(write: Any, plot: str) -> None:
    """Write a picture, and say on standard error that it is there."""
    from nodecalc.progress import doing

    with doing(f"drawing {plot}"):
        write(plot)
    tell(f"drawn: {plot}")
