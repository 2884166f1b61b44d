"""Checksums that files carry, so that what a disk or a copy altered is never read back as an answer.

They guard against damage, not against anyone who means it: cyclic redundancy checks, as fast as memory. A file of the
version that had none is read as it is; where any other lacks them, the damage is in their own name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

from nodecalc.errors import InputError

if TYPE_CHECKING:
    from .table import Array, Columns

PROOF_KEY: Final = "nodecalc_checksums"
"""Key beside the provenance under which a file, a batch or a manifest has its checksums."""

WITHOUT: Final = ("0.1.0",)
"""Versions that wrote no checksums."""

MEMBERS: Final = frozenset(("metadata", "columns", "in_batches"))
"""What `proof` may hold."""

QUESTION: Final = "question"
SPEC: Final = "spec"
"""Under what a saved answer and a sweep keep their question, and among their checksums that of it."""

AGAIN: Final = "a disk or a copy altered it: copy it anew, or write it again"


def text_sum(text: str) -> str:
    """Return the checksum of a text.

    >>> text_sum("123456789")
    'cbf43926'
    """
    return f"{crc32(text.encode()):08x}"


def object_sum(value: Any) -> str:
    """Return the checksum of a JSON object, however it is laid out."""
    return text_sum(json.dumps(value, sort_keys=True, separators=(",", ":")))


class Sums:
    """Checksums of columns, taken while their values pass by in order."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Begin with no values."""
        self._sums = dict.fromkeys(keys, 0)

    def add(self, columns: Columns) -> None:
        """Take the next values of every column; they are doubles without gaps."""
        for key, before in self._sums.items():
            self._sums[key] = crc32(columns[key].view("u1").data, before)

    def found(self) -> dict[str, str]:
        """Return the checksums so far."""
        return {key: f"{value:08x}" for key, value in self._sums.items()}

    def check(self, told: Mapping[str, str] | None, where: str, advice: str = "") -> None:
        """Refuse columns that are not those that `told` is of; it tells of all, or is None, of a file without it."""
        for key, value in self.found().items():
            if told is not None and told.get(key) != value:
                raise InputError(f"{where}: its column {key} is not as it was written; {AGAIN}{advice}")


def proof(metadata: str, columns: Mapping[str, str], in_batches: bool = False) -> str:
    """Return the checksums of a file as JSON: of its provenance, and of its columns; or each batch has those of its."""
    sums: dict[str, Any] = {"metadata": text_sum(metadata), "columns": dict(columns)}
    return json.dumps(sums | ({"in_batches": True} if in_batches else {}), sort_keys=True)


def in_batches(held: str | bytes | None) -> bool:
    """Whether each batch of a file was written with the checksums of its columns."""
    return _read(held).get("in_batches") is True


def column_sums(held: str | bytes | None) -> dict[str, str] | None:
    """Return the checksums of columns in what `proof` made, None where it was made of none: a table for others."""
    columns = _read(held).get("columns")
    return columns if isinstance(columns, dict) and columns else None


def check_metadata(metadata: str, held: str | bytes | None, where: str) -> None:
    """Refuse a provenance that is not the one that the file was written with."""
    if held is None and has_proof(metadata):
        raise InputError(f"{where}: its checksums are gone; {AGAIN}")
    told = _read(held)
    # Another name than those was one of them, and what stood under it would go unread.
    if held is not None and (told.get("metadata") != text_sum(metadata) or not told.keys() <= MEMBERS):
        raise InputError(f"{where}: what it says of itself is not as it was written; {AGAIN}")


def check_object(value: Any, held: Any, where: str) -> None:
    """Refuse a provenance in a JSON document that is not the one that was written there."""
    if held is None and _has_proof(value):
        raise InputError(f"{where}: its checksums are gone; {AGAIN}")
    if held is not None and (not isinstance(held, dict) or held.get("metadata") != object_sum(value)):
        raise InputError(f"{where}: what it says of itself is not as it was written; {AGAIN}")


def kept(key: str, question: Any) -> dict[str, Any]:
    """Return the question that a report answers under `key`, and beside it its checksum."""
    return {key: question, PROOF_KEY: {key: object_sum(_finite(question))}}


def _finite(value: Any) -> Any:
    """Return a value as JSON holds it: an infinity as a text."""
    if isinstance(value, Mapping):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return str(value) if isinstance(value, float) and not isfinite(value) else value


def check_report(document: Mapping[str, Any], where: str) -> None:
    """Refuse a saved answer whose question is not the one that it was written with; older ones have no checksum."""
    held = document.get(PROOF_KEY)
    if held is None:
        return
    keys = held if isinstance(held, dict) and held else {QUESTION: ""}
    if held != {key: object_sum(document.get(key)) for key in keys}:
        raise InputError(f"{where}: its question is not as it was written; {AGAIN}")


def has_proof(metadata: str | bytes | None) -> bool:
    """Whether the version that wrote a provenance, as JSON, wrote checksums with it."""
    try:
        return _has_proof(json.loads(metadata or "{}"))
    except (ValueError, RecursionError):
        return True  # whoever wrote it wrote JSON


def _has_proof(provenance: Any) -> bool:
    return not isinstance(provenance, dict) or provenance.get("version") not in WITHOUT


def batch_proof(first: int, columns: Columns, keys: Sequence[str]) -> str:
    """Return the checksums of one batch as JSON; its first row keeps batches in their order."""
    sums = Sums(keys)
    sums.add(columns)
    return json.dumps({"first_row": first, "columns": sums.found()}, sort_keys=True)


def check_batch(held: str | bytes | None, first: int, columns: Mapping[str, Array], where: str) -> None:
    """Refuse a batch of other values, or from another place."""
    if held is None:
        return
    told = _read(held)
    if told.get("first_row") != first:
        raise InputError(f"{where}: its batches are not in the order in which they were written; {AGAIN}")
    sums = Sums(tuple(columns))
    sums.add(columns)
    sums.check(told.get("columns") or {}, where)


def _read(held: str | bytes | None) -> dict[str, Any]:
    if held is None:
        return {}
    try:
        found = json.loads(held)
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {}  # whoever wrote it wrote JSON
