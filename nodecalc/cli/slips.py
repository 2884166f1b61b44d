"""Slips of the command line: another spelling of an option, and the line to type where words stand in wrong places."""

from __future__ import annotations

from typing import Final, NamedTuple

from .declared import COMMANDS, REQUIRED, flags_of

_MISPLACED: Final = ("Got unexpected extra argument", "No such command", "size '", "no value for")
"""How the errors begin that a word in a wrong place leads to."""


def spelled(word: str) -> str:
    """Return an option under the name that commands know: a key, underscores and capitals are accepted too.

    >>> spelled("--d0-per-cm2"), spelled("--Wafer_Price=15k"), spelled("--Explain"), spelled("n5")
    ('--d0', '--wafer-price=15k', '--explain', 'n5')
    """
    if not word.startswith("--") or len(word) < 4:
        return word
    from nodecalc.vocabulary import QUANTITIES

    name, equals, value = word[2:].partition("=")
    q = QUANTITIES.get(name.lower().replace("-", "_"))
    option = (q.option if q is not None else "") or name.lower().replace("_", "-")
    return f"--{option}{equals}{value}"


class _Taken(NamedTuple):
    """What a command takes, as it declares it."""

    size: str
    """What stands for its size where none is given; "" where it has no size."""
    needs_size: bool
    key: bool
    """Whether an input's name stands first."""
    several_nodes: bool
    options: frozenset[str]


def _taken(command: str) -> _Taken:
    from importlib import import_module

    from .declared import Argument, parameters

    rows = parameters(import_module(f".{command}", __package__).run)
    words = {row.name: row for row in rows if isinstance(row.declared, Argument)}
    options = {name: row for row in rows for name in row.declared.names}
    size = next((words[name] for name in ("size", "area") if name in words), None)
    return _Taken(
        "" if size is None or "-n" not in options else str(size.declared.known["metavar"]).strip("[]"),
        # Where a chip could stand for it there is no answer without a size.
        size is not None and (size.default is REQUIRED or "--chip" in options),
        "key" in words,
        "-n" in options and options["-n"].several,
        frozenset(options),
    )


def line_instead(message: str, arguments: list[str]) -> str:
    """Return what to append to an error about misplaced words: the line to type, "" where none is known.

    >>> line_instead("Got unexpected extra argument (100)", ["die", "n5", "100"])
    '; type: nodecalc die 100 -n n5'
    """
    if not message.startswith(_MISPLACED) or not arguments:
        return ""
    is_command = arguments[0] in COMMANDS
    command = arguments[0] if is_command else "die"
    words, options = _words_apart(arguments[1:] if is_command else arguments, flags_of(command))
    if command == "wafer":
        nodes = [word for word in words if _is_node(word)]
        line = ["wafer", nodes[0], "--compare", nodes[1]] if len(words) == len(nodes) == 2 else []
        return _typed([*line, *options]) if line else ""
    taken = _taken(command)
    return _sized(command, taken, words, options, bare=not is_command) if taken.size else ""


def _sized(command: str, taken: _Taken, words: list[str], options: list[str], *, bare: bool) -> str:
    """Return the line that puts sizes, nodes and chips where they belong; `bare` where no command was named."""
    keys = [word for word in words if taken.key and _is_key(word)][:1]
    words = [word for word in words if word not in keys]
    sizes = [word for word in words if _is_size(word)]
    nodes = [word for word in words if word not in sizes and _is_node(word)]
    chips = [word for word in words if word not in sizes and word not in nodes and _is_chip(word)]
    if not words or len(sizes) + len(nodes) + len(chips) < len(words) or not (nodes or chips or bare):
        return ""
    if len(sizes) + len(chips) > 1 or (taken.key and not keys):
        return ""
    if (chips and "--chip" not in taken.options) or (len(nodes) > 1 and not taken.several_nodes):
        return ""
    sought = any(_is_of_size(key) for key in keys)
    if taken.needs_size and not (sizes or chips or sought or "--transistors" in options):
        sizes = [taken.size]
    line = [command, *keys, *sizes]
    line += ["--chip", chips[0]] if chips else []
    line += ["-n", ",".join(nodes)] if nodes else []
    return _typed([*line, *options])


def _typed(words: list[str]) -> str:
    from shlex import join

    return f"; type: nodecalc {join(words)}"


def _words_apart(arguments: list[str], flags: set[str]) -> tuple[list[str], list[str]]:
    """Return the words that stand alone, and the options with their values, each in its order."""
    words: list[str] = []
    options: list[str] = []
    takes = False
    for word in arguments:
        if takes:
            options.append(word)
            takes = False
        elif word.startswith("-") and len(word) > 1:
            options.append(word)
            takes = word not in flags and "=" not in word and not (len(word) > 2 and not word.startswith("--"))
        else:
            words.append(word)
    return words, options


def _is_size(word: str) -> bool:
    from nodecalc.errors import NodecalcError
    from nodecalc.question.units import size

    try:
        size(word)
    except NodecalcError:
        return False
    return True


def _is_key(word: str) -> bool:
    from nodecalc.errors import NodecalcError
    from nodecalc.question.ranges import axis_key

    try:
        axis_key(word)
    except NodecalcError:
        return False
    return True


def _is_of_size(key: str) -> bool:
    from nodecalc.question.ranges import axis_key
    from nodecalc.question.resize import AREA, SIDES

    return axis_key(key) in (AREA, *SIDES)


def _is_node(word: str) -> bool:
    from nodecalc.catalogue import open_catalogue
    from nodecalc.errors import NodecalcError
    from nodecalc.question.at import nodes_of

    try:
        for node in nodes_of([word]):
            open_catalogue(None).node(str(node.node))
    except NodecalcError:
        return False
    return True


def _is_chip(word: str) -> bool:
    from nodecalc.catalogue import open_catalogue
    from nodecalc.errors import NodecalcError

    try:
        open_catalogue(None).product(word)
    except NodecalcError:
        return False
    return True
