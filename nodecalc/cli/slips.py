"""Slips of the command line: another spelling of an option, and the line to type where words stand in wrong places."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

SIZED: Final = ("die", "risk", "sweep")
"""Commands whose word is a SIZE."""

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


def line_instead(
    message: str, arguments: list[str], commands: tuple[str, ...], flags: Callable[[str], set[str]]
) -> str:
    """Return what to append to an error about misplaced words: the line to type, "" where none is known.

    `flags` names the options of a command that take no value.

    >>> line_instead("Got unexpected extra argument (100)", ["die", "n5", "100"], ("die",), lambda command: set())
    '; type: nodecalc die 100 -n n5'
    """
    if not message.startswith(_MISPLACED) or not arguments:
        return ""
    is_command = arguments[0] in commands
    command = arguments[0] if is_command else "die"
    words, options = _words_apart(arguments[1:] if is_command else arguments, flags(command))
    if command == "wafer":
        nodes = [word for word in words if _is_node(word)]
        line = ["wafer", nodes[0], "--compare", nodes[1]] if len(words) == len(nodes) == 2 else []
        return _typed([*line, *options]) if line else ""
    if command not in SIZED:
        return ""
    return _sized(command, words, options, bare=not is_command)


def _sized(command: str, words: list[str], options: list[str], *, bare: bool) -> str:
    """Return the line that puts sizes, nodes and chips where they belong; `bare` where no command was named."""
    sizes = [word for word in words if _is_size(word)]
    nodes = [word for word in words if word not in sizes and _is_node(word)]
    chips = [word for word in words if word not in sizes and word not in nodes and _is_chip(word)]
    if not words or len(sizes) + len(nodes) + len(chips) < len(words) or not (nodes or chips or bare):
        return ""
    if len(sizes) + len(chips) > 1 or (chips and command == "sweep" and sizes):
        return ""
    if not (sizes or chips or "--transistors" in options):
        sizes = ["SIZE"]
    line = [command, *sizes]
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
