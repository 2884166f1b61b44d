"""Where a sweep's numbers come from, as one JSON object: version, question, figures, sources, marks, notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc._version import __version__
from nodecalc.doors import brief, regular_bytes
from nodecalc.errors import InputError, NodecalcError
from nodecalc.question.spec import as_object
from nodecalc.vocabulary import find_quantity

from .request import Request, from_spec

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue

    from .figures_used import NodeFigures


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
        import json

        from nodecalc.files.table import EXPANSION

        return json.dumps({**self._asdict(), "expansion": EXPANSION}, sort_keys=True, separators=(",", ":"))


def provenance_of(
    request: Request, known: Catalogue, supplied: Iterable[NodeFigures], notes: Iterable[str]
) -> Provenance:
    """Return what stands behind a sweep; `supplied` are the figures of its nodes, or of its systems' parts."""
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
    cited = [known.source(i) for i in used if i != "user"]
    return Provenance(
        __version__,
        request.to_spec(),
        catalogue_digest(request.catalogue),
        tuple(_described(axis.key) for axis in request.axes),
        tuple(_described(key) for key in request.outputs),
        tuple(figures.values()),
        tuple({key: getattr(s, key) for key in ("id", "title", "publisher", "year", "address")} for s in cited),
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

    return blake2b(regular_bytes(path), digest_size=16).hexdigest()


def request_of(metadata: str, where: str) -> Request:
    """Return the question that a file's metadata hold, to be asked again; `where` names the file."""
    import json

    try:
        data = as_object("what it says of itself", json.loads(metadata))
        request = from_spec(as_object("spec", data["spec"]))
        digest = data["catalogue_digest"]
    except NodecalcError as error:
        raise InputError(f"{where}: {error}; give a file that nodecalc wrote") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"{where}: its metadata hold no sweep of nodecalc; give a file that nodecalc wrote") from None
    _check_catalogue(request.catalogue, digest, where)
    return request


def _check_catalogue(path: str | None, digest: Any, where: str) -> None:
    """Refuse a catalogue that a file names unless it is, by its digest, the one that its numbers came from."""
    if path is None and digest is None:
        return
    if path is None or not isinstance(digest, str):
        raise InputError(f"{where}: a catalogue file and its digest belong together; give a file that nodecalc wrote")
    try:
        same = catalogue_digest(path) == digest
    except (OSError, InputError):
        same = False
    if not same:
        raise InputError(f"{where}: its catalogue file {path} is gone or has changed; bring it back, or ask anew")


_TEXTS: Final = ("assumed", "estimated", "unverified", "notes")
_TABLES: Final = ("axes", "outputs", "figures", "sources")


def provenance_in(metadata: str) -> Provenance:
    """Return what stands behind the numbers of a file, checked; ValueError, KeyError, TypeError where it is none."""
    import json

    data = as_object("what it says of itself", json.loads(metadata))
    digest = data["catalogue_digest"]
    fields: dict[str, Any] = {
        "version": _line("version", data["version"]),
        "spec": as_object("spec", data["spec"]),
        "catalogue_digest": None if digest is None else _line("catalogue_digest", digest),
        **{key: tuple(as_object(key, row) for row in _list(key, data[key])) for key in _TABLES},
        **{key: tuple(_line(key, text) for text in _list(key, data[key])) for key in _TEXTS},
    }
    found = Provenance(**fields)
    for row in (*found.axes, *found.outputs, *found.figures, *found.sources):
        for key, value in row.items():
            for text in value if isinstance(value, list) else (value,):
                if not (text is None or isinstance(text, bool | int | float)):
                    _line(key, text)
    for figure in found.figures:
        if isinstance(figure["value"], bool) or not isinstance(figure["value"], int | float):
            raise InputError(f"figure {brief(figure['value'])}; allowed: a number")
        _line("key", figure["key"])
        if figure["node"] is not None:
            _line("node", figure["node"])
    for source in found.sources:
        _line("id", source["id"])
    return found


def _list(key: str, given: Any) -> list[Any]:
    if not isinstance(given, list):
        raise InputError(f"{key} {brief(given)}; allowed: a list")
    return given


def _line(key: str, given: Any) -> str:
    """Return a text that can be printed on one line."""
    if not isinstance(given, str) or not given.isprintable():
        raise InputError(f"{key} {brief(given)}; allowed: a text on one line, without control characters")
    return given
