"""Errors a user can meet. The text of each is the line the command line prints: given; allowed; try."""

from __future__ import annotations

from collections.abc import Iterable

LONGEST_WORD = 300
"""Characters of a word that an error repeats."""


def one_line(text: str) -> str:
    """Return `text` as a terminal shows it as it is: control and bidirectional characters are spelled out.

    >>> one_line("two\\nlines, \\x1b[31mred")
    'two\\\\nlines, \\\\x1b[31mred'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def brief_line(text: str) -> str:
    """Return `text` on one line, words without end cut to their beginning.

    >>> len(brief_line("unknown node '" + "x" * 10_000 + "'; nearest: n7"))
    328
    """
    line = one_line(text)
    if len(line) <= LONGEST_WORD:
        return line
    return " ".join(f"{w[:LONGEST_WORD]}..." if len(w) > LONGEST_WORD else w for w in line.split(" "))


class NodecalcError(ValueError):
    """A value that cannot be used. Its text is one line: what was given, what is allowed, what to try."""

    def __init__(self, *args: object) -> None:
        """Take the text, in which what was given may hold anything."""
        super().__init__(*(brief_line(text) if isinstance(text, str) else text for text in args))


class InputError(NodecalcError):
    """A number, size or combination of inputs outside what is allowed."""


class UnknownNameError(NodecalcError):
    """A node, chip, model, placement, source or key that is not known or not unambiguous."""


class MissingFigureError(NodecalcError):
    """A figure that nobody publishes and that was not given."""


class StrictError(NodecalcError):
    """An estimated or assumed figure where only sourced ones are allowed."""


class CatalogueError(NodecalcError):
    """A catalogue file that cannot be read or breaks the schema."""


class OutputError(OSError):
    """A result that could not be written."""


class Interrupted(Exception):  # noqa: N818 - nobody erred: the user has stopped it
    """A run that the user has stopped. Its text says what was kept."""


def nearest(name: str, choices: Iterable[str], count: int = 3) -> list[str]:
    """Return up to `count` of `choices` that look most like `name`, best first."""
    from difflib import get_close_matches

    by_fold: dict[str, str] = {}
    for choice in choices:
        by_fold.setdefault(choice.casefold(), choice)
    folded = name.casefold()
    close = get_close_matches(folded, by_fold, n=count, cutoff=0.5)
    if not close and len(folded) > 1:
        close = [c for c in by_fold if folded in c][:count]
    return [by_fold[c] for c in close]


def unknown(what: str, given: str, choices: Iterable[str], where: str = "") -> UnknownNameError:
    """Build the error for an unknown name: the nearest known ones, and `where` all of them are listed."""
    known = list(choices)
    close = nearest(given, known)
    if close:
        hint = f"nearest: {', '.join(close)}"
    elif len(known) <= 16:
        hint = f"known: {', '.join(known)}"
    else:
        hint = f"{len(known)} are known"
    tail = f"; {where}" if where else ""
    return UnknownNameError(f"unknown {what} '{given}'; {hint}{tail}")
