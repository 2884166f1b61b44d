"""Where a sweep's numbers come from, as one JSON object: version, question, figures, sources, marks, notes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from nodecalc._version import __version__
from nodecalc.errors import InputError
from nodecalc.files.table import EXPANSION
from nodecalc.vocabulary import find_quantity

from .request import Request, from_spec

if TYPE_CHECKING:
    from .figures_used import NodeFigures
    from .plan import Background


class Provenance(NamedTuple):
    """What stands behind the numbers of a sweep."""

    version: str
    spec: Mapping[str, Any]
    catalogue_digest: str | None
    axes: tuple[Mapping[str, Any], ...]
    outputs: tuple[Mapping[str, Any], ...]
    figures: tuple[Mapping[str, Any], ...]
    sources: tuple[Mapping[str, Any], ...]
    assumed: tuple[str, ...]
    estimated: tuple[str, ...]
    unverified: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def line(self) -> str:
        """One line for the foot of a picture."""
        return f"nodecalc {self.version}{self.behind}"

    @property
    def behind(self) -> str:
        """The sources and the weak figures, each part behind a semicolon."""
        ids = [str(source["id"]) for source in self.sources]
        listed = ", ".join(ids[:4]) + (f" and {len(ids) - 4} more" if len(ids) > 4 else "")
        weak = (("assumed", self.assumed), ("estimated", self.estimated))
        marks = "".join(f"; {kind}: {', '.join(keys)}" for kind, keys in weak if keys)
        return (f"; sources: {listed}" if ids else "") + marks

    def changes_since(self, old: Provenance) -> list[str]:
        """Return what makes the answer another than `old`: another version, other figures; a line each."""
        lines = [] if old.version == self.version else [f"written by nodecalc {old.version}, this is {self.version}"]
        before = {(f["node"], f["key"]): f["value"] for f in old.figures}
        for figure in self.figures:
            was = before.get((figure["node"], figure["key"]))
            if was is not None and was != figure["value"]:
                lines.append(f"{figure['node']} {figure['key']} was {was:g}, is {figure['value']:g} now")
        return lines

    def to_json(self) -> str:
        """Return the object as text, the same bytes for the same sweep."""
        return json.dumps({**self._asdict(), "expansion": EXPANSION}, sort_keys=True, separators=(",", ":"))


def provenance_of(
    request: Request, background: Background, supplied: Iterable[NodeFigures], notes: Iterable[str]
) -> Provenance:
    """Return what stands behind a sweep; `supplied` are the figures of its nodes."""
    figures: dict[tuple[str | None, str], dict[str, Any]] = {}
    used: dict[str, None] = {}
    marks: dict[str, dict[str, None]] = {"assumed": {}, "estimated": {}, "unverified": {}}
    for node, _, behind, _ in supplied:
        for key, figure in behind.items():
            figures[node, key] = {
                "node": node,
                "key": key,
                "value": figure.value,
                "low": figure.low,
                "high": figure.high,
                "kind": figure.kind,
                "year": figure.year,
                "sources": list(figure.sources),
            }
            used.update(dict.fromkeys(figure.sources))
            if figure.kind in marks:
                marks[figure.kind][key] = None
            if not figure.verified:
                marks["unverified"][key] = None
    known = [background.catalogue.source(i) for i in used]
    return Provenance(
        __version__,
        request.to_spec(),
        catalogue_digest(request.catalogue),
        tuple(_described(axis.key) for axis in request.axes),
        tuple(_described(key) for key in request.outputs),
        tuple(figures.values()),
        tuple({key: getattr(s, key) for key in ("id", "title", "publisher", "year", "address")} for s in known),
        tuple(marks["assumed"]),
        tuple(marks["estimated"]),
        tuple(marks["unverified"]),
        tuple(dict.fromkeys(notes)),
    )


def _described(key: str) -> dict[str, str]:
    q = find_quantity(key)
    return {"key": key, "unit": q.unit if q else "", "meaning": q.meaning if q else "process node"}


def catalogue_digest(path: str | None) -> str | None:
    """Return a hash of the user's catalogue file, by which a later run knows it again."""
    if path is None:
        return None
    from hashlib import blake2b
    from pathlib import Path

    return blake2b(Path(path).read_bytes(), digest_size=16).hexdigest()


def request_of(metadata: str, where: str) -> Request:
    """Return the question that a file's metadata hold, to be asked again; `where` names the file."""
    try:
        data = json.loads(metadata)
        request = from_spec(data["spec"])
        digest = data["catalogue_digest"]
    except (ValueError, KeyError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{where}: its metadata hold no sweep of nodecalc; give a file that nodecalc wrote") from None
    if digest is not None:
        try:
            same = catalogue_digest(request.catalogue) == digest
        except OSError:
            same = False
        if not same:
            raise InputError(
                f"{where}: its catalogue file {request.catalogue} is gone or has changed; bring it back, or ask anew"
            )
    return request
