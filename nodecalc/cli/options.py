"""Options that several commands share, described by the vocabulary."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Final

from nodecalc.vocabulary import QUANTITIES, Quantity

from .declared import Argument, Option, Parameter, own_parameters


def quantity_option(q: Quantity) -> Option:
    """Return the option of an input: its name, its meaning, its range, its default."""
    listed = "; 'nodecalc models' lists them" if q.key in COMPLETE else ""
    return Option(
        f"--{q.option}",
        metavar=q.metavar,
        help=lambda: f"{q.meaning}{listed}{_range_and_default(q)}",
        show_default=False,
        autocompletion=COMPLETE.get(q.key),
        rich_help_panel=q.helped,
    )


def _range_and_default(q: Quantity) -> str:
    """Return what the help of an input ends with, in brackets."""
    fixed = "" if q.default in (None, "") else q.default if isinstance(q.default, str) else format(q.default, "g")
    default = f"the node's{f', else {fixed}' if fixed else ''}" if q.field else fixed
    said = ("" if q.is_name else q.allowed, f"default: {default}" if default else "")
    return f" [{'; '.join(filter(None, said))}]" if any(said) else ""


def listed(text: str | None) -> list[str] | None:
    """Return the names in a list with commas; None stays None."""
    return None if text is None else [name.strip() for name in text.split(",") if name.strip()]


def several(option: str, text: str | None) -> list[str] | None:
    """Return the values in a list with commas; one with nothing in it is an error, not taken as left out."""
    from nodecalc.errors import InputError

    found = listed(text)
    if found is not None and not found:
        raise InputError(f"{option} '{text}': nothing in it; give a value, or several with commas, or leave it out")
    return found


def listed_all(words: Iterable[str] | None) -> list[str]:
    """Return the names in several words, each a name or a list with commas."""
    return [name for word in words or () for name in (listed(word) or [word])]


def complete_node(incomplete: str) -> list[str]:
    """Return what a list of nodes that ends in `incomplete` can go on with: ids, or inputs of a node's own."""
    from nodecalc.catalogue import open_catalogue
    from nodecalc.question.graph import KEYWORDS

    before, comma, last = incomplete.rpartition(",")
    node, colon, key = last.partition(":")
    head = f"{before}{comma}"
    nodes = [f"{head}{i}" for i in open_catalogue(None).node_ids if i.startswith(last.lower())]
    if not colon and ":" not in before:
        return nodes
    own = [f"{head}{node}{colon}{name}=" for name in _spelled(KEYWORDS, key)] if colon else []
    return own or [*(f"{head}{name}=" for name in _spelled(KEYWORDS, last)), *nodes]


def complete_chip(incomplete: str) -> list[str]:
    """Return the chip ids that start with `incomplete`, for shell completion."""
    from nodecalc.catalogue import open_catalogue

    return [p.id for p in open_catalogue(None).products() if p.id.startswith(incomplete.lower())]


def complete_model(incomplete: str) -> list[str]:
    """Return the yield models that start with `incomplete`, for shell completion."""
    from nodecalc.question.registry import YIELD_MODEL

    return _models_of(YIELD_MODEL, incomplete)


def complete_placement(incomplete: str) -> list[str]:
    """Return the placements that start with `incomplete`, for shell completion."""
    from nodecalc.question.registry import PLACEMENT

    return _models_of(PLACEMENT, incomplete)


def _models_of(kind: str, incomplete: str) -> list[str]:
    from nodecalc.question.registry import models

    return [m.key for m in models() if m.kind == kind and m.key.startswith(incomplete.lower())]


def complete_key(incomplete: str) -> list[str]:
    """Return the keys and options' names that start with `incomplete`, for shell completion."""
    from nodecalc.vocabulary import tool_keys

    return _spelled(("node", *QUANTITIES, *tool_keys(_tools())), incomplete)


def complete_system(incomplete: str) -> list[str]:
    """Return the built-in systems that start with `incomplete`, for shell completion."""
    from nodecalc.catalogue.systems import system_names

    return [row.id for row in system_names() if row.id.startswith(incomplete.lower())]


def complete_axis(incomplete: str) -> list[str]:
    """Return the axes that start with `incomplete`, as options are spelled or as keys, for shell completion."""
    from nodecalc.question.ranges import axis_keys

    return [f"{name}=" for name in _spelled(axis_keys(()), incomplete)]


def _tools() -> tuple[str, ...]:
    from nodecalc.catalogue.builtin_wafers import tool_ids

    return tuple(tool_ids())


def _spelled(keys: Iterable[str], incomplete: str) -> list[str]:
    """Return what starts with `incomplete`: the names of options, and keys where no option has begun so."""
    head = incomplete.lower()
    options = [q.option for key in keys if (q := QUANTITIES.get(key)) and q.option.startswith(head)]
    plain = [key for key in keys if key.startswith(head)]
    return list(dict.fromkeys((*options, *plain)))


COMPLETE: Final = {"yield_model": complete_model, "placement": complete_placement}
"""Completion of the inputs that are one of the names which `nodecalc models` lists."""


def with_options(*groups: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command an option for each row of `groups`, or of such a key, in the place of its parameter `given`.

    What the user gave arrives there as one mapping, vocabulary key -> text.
    """
    rows = [q for q in QUANTITIES.values() if (q.group in groups or q.key in groups) and q.option]
    # "class" is a word of the language, which no parameter may be called.
    names = {q.key: f"given_{q.option}".replace("-", "_") for q in rows}
    shared = [
        Parameter(names[q.key], list[str] | None if q.several else str | None, None, quantity_option(q)) for q in rows
    ]

    def with_rows(command: Callable[..., None]) -> Callable[..., None]:
        def run(**values: Any) -> None:
            texts = {key: values.pop(name) for key, name in names.items()}
            texts = {key: "+".join(text) if isinstance(text, list) else text for key, text in texts.items()}
            command(given={key: text for key, text in texts.items() if text is not None}, **values)

        own = own_parameters(command)
        place = [row.name for row in own].index("given")
        run.declared = (*own[:place], *shared, *own[place + 1 :])  # type: ignore[attr-defined]
        run.__doc__ = command.__doc__
        return run

    return with_rows


def complete_convention(incomplete: str) -> list[str]:
    """Return the conventions that start with `incomplete`, for shell completion."""
    from nodecalc.catalogue.conventions import conventions

    return [name for name in conventions() if name.startswith(incomplete.lower())]


def conventional(given: dict[str, Any], name: str | None) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return what is given over the inputs of a convention, and what is to be said of it."""
    if name is None:
        return given, ()
    from nodecalc.catalogue.conventions import find_convention

    found = find_convention(name)
    return found.under(given), (found.note,)


def complete_format(incomplete: str) -> list[str]:
    """Return the output formats that start with `incomplete`, for shell completion."""
    from nodecalc.render.writers.output import WRITERS

    return [name for name in WRITERS if name.startswith(incomplete.lower())]


def complete_format_or_toml(incomplete: str) -> list[str]:
    """Return the same for commands that also print files to be read back, for shell completion."""
    return [name for name in (*complete_format(""), "toml") if name.startswith(incomplete.lower())]


FormatOrToml = Annotated[
    str,
    Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help="table, json, csv, markdown, or toml, a file to be read back",
        autocompletion=complete_format_or_toml,
        rich_help_panel="Output",
    ),
]
Format = Annotated[
    str,
    Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help="table, json, csv or markdown",
        autocompletion=complete_format,
        rich_help_panel="Output",
    ),
]
Sources = Annotated[
    bool,
    Option(
        "--sources", help="list each source: title, address, how far read, what rests on it", rich_help_panel="Output"
    ),
]
Convention = Annotated[
    str | None,
    Option(
        "--convention",
        metavar="NAME",
        help="count as another calculator does: actuary, catch, google, hennessy-patterson, siliconedge",
        autocompletion=complete_convention,
        rich_help_panel="Figures",
    ),
]
CatalogFile = Annotated[
    str | None,
    Option(
        "--catalog",
        metavar="FILE",
        help="TOML file whose figures merge over the built-in catalogue",
        rich_help_panel="Figures",
    ),
]
Chip = Annotated[
    str | None,
    Option(
        "--chip",
        metavar="CHIP",
        help="a real chip instead of SIZE",
        autocompletion=complete_chip,
        rich_help_panel="Die",
    ),
]
Strict = Annotated[bool, Option("--strict", help="refuse estimated and assumed figures", rich_help_panel="Figures")]
NoChart = Annotated[bool, Option("--no-chart", help="no chart above the table in a terminal", rich_help_panel="Output")]
Size = Annotated[
    str | None,
    Argument(
        metavar="[SIZE]", help="the die: 100, 100mm2 or 1cm2 (area), 10x12 or 10x12mm (sides)", show_default=False
    ),
]
Nodes = Annotated[
    list[str] | None,
    Option(
        "--node",
        "-n",
        metavar="NODE",
        help="process node; several compare",
        autocompletion=complete_node,
        rich_help_panel="Die",
    ),
]
