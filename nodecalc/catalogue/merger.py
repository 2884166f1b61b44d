"""Laying what a user's file states over a built-in entry, and saying what that replaces."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping

from . import builtin
from .figure import Figure, preferred_figure
from .names import shown
from .schema import ASSUMED, Checker, hint, shown_path


class Merger:
    """Checks and merges the entries of one user's file, and keeps a line for each thing that they change."""

    def __init__(self, file: str) -> None:
        """Merge for the file called `file`."""
        self.short = shown_path(os.path.basename(file))  # noqa: PTH119
        self.check = Checker(file, ())
        self.replaced: list[str] = []

    def say(self, text: str) -> None:
        """Keep a line that says what the file changes."""
        self.replaced.append(f"{text} ({self.short})")

    def id(self, section: str, id_: str, known: Collection[str]) -> None:
        """Refuse an id that is not spelt like one."""
        if not builtin.is_id(id_):
            spelt = "ids are lower case letters, digits, '+', '-' and '.'"
            raise self.check.error(section, f"bad id '{shown(id_)}'; {spelt}; {hint(id_, known)}")

    def need(self, place: str, what: str, missing: Collection[str], id_: str, known: Collection[str]) -> None:
        """Refuse a new `what` for which `missing` are not stated; it may be a slip in the id of a known one."""
        if missing:
            raise self.check.error(
                place,
                f"new {what} without {', '.join(missing)}; add them, or, for a {what} that exists, use its id "
                f"({hint(id_, known)})",
            )

    def texts(self, id_: str, old: Mapping[str, str], new: Mapping[str, str]) -> None:
        """Say which of an entry's texts the file replaces."""
        for key, text in new.items():
            if text != old[key]:
                self.say(f"{id_}.{key}: {_said(old[key])} -> {_said(text)}")

    def figures(
        self,
        id_: str,
        old: Mapping[str, tuple[Figure, ...]],
        new: Mapping[str, tuple[Figure, ...]],
        stand_ins: Mapping[str, tuple[Figure, ...]] | None = None,
        *,
        new_entry: bool = False,
    ) -> dict[str, tuple[Figure, ...]]:
        """Return the figures of an entry by field, `new` over `old`, and `stand_ins` where nothing is published."""
        merged = dict(old)
        for field, figures in new.items():
            self._note(id_, field, old.get(field), figures, new_entry)
            merged[field] = figures
        for field, figures in (stand_ins or {}).items():
            present = merged.get(field)
            if present is not None and (field in new or preferred_figure(present).source != ASSUMED):
                # A published figure always wins; say so, as the line in the file would otherwise seem to be in force.
                ours = _said(preferred_figure(figures).value)
                self.say(f"{id_}.{field}: stand-in {ours} not used, there is a published figure")
                continue
            self._note(id_, field, old.get(field), figures, new_entry)
            merged[field] = figures
        return merged

    def _note(
        self, id_: str, field: str, old: tuple[Figure, ...] | None, new: tuple[Figure, ...], new_entry: bool
    ) -> None:
        if new_entry:
            return  # one line says that the entry is new
        if old is None:
            self.say(f"{id_}.{field}: added {_state(new)}")
        else:
            self.say(f"{id_}.{field}: {_state(old)} -> {_state(new)}")


def _said(value: float | int | str) -> str:
    return f'"{shown(value)}"' if isinstance(value, str) else str(value)


def _state(figures: tuple[Figure, ...]) -> str:
    figure = preferred_figure(figures)
    return f"{_said(figure.value)} ({ASSUMED})" if figure.kind == ASSUMED else _said(figure.value)
