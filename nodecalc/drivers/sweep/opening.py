"""Sweeps read back from what `Sweep.save` wrote: the question of any file, and the results of all but CSV."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from nodecalc.doors import a_path, check_regular, regular_text
from nodecalc.errors import InputError, NodecalcError
from nodecalc.files.opening import WHOLE, is_csv, metadata_of_file, reading, results_of_file
from nodecalc.files.places import FORMS
from nodecalc.files.proof import check_report

from .asking import asked
from .provenance import Provenance, provenance_in, request_of
from .run import check_room
from .sweep import Sweep
from .swept import Swept

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue

    from .layout import Array
    from .request import Request


def request_of_file(path: str | os.PathLike[str]) -> Request:
    """Return the question that a file or folder answers, so that it can be asked again; a CSV's is in its sidecar."""
    name = os.fspath(path)
    if is_report(name):
        check_regular(name)
        text = reading(name, lambda: regular_text(name))
        request = request_of(text, name)
        check_report(json.loads(text), f"'{name}'")
        return request
    return request_of(metadata_of_file(name), name)


def is_report(path: str) -> bool:
    """Whether a file is a sweep's report in JSON, which has the question and no figures behind the rows."""
    return path.lower().endswith(".json")


def provenance_of_file(path: str | os.PathLike[str]) -> Provenance:
    """Return what stands behind the numbers of a file, by the version of nodecalc that wrote it."""
    name = os.fspath(path)
    return _provenance(metadata_of_file(name), name)


def open_sweep(path: str | os.PathLike[str], *, catalogue: Catalogue | str | os.PathLike[str] | None = None) -> Sweep:
    """Return the sweep that a .parquet, .arrow or .npz file or a folder of parts holds, with its results.

    Args:
        path: what `Sweep.save` wrote.
        catalogue: the one that the sweep was asked with, where that was no file.

    Returns:
        A `Sweep` whose arrays and provenance are those of the file.

    Raises:
        InputError: no file of nodecalc, a damaged one, an unfinished folder, or a CSV.

    """
    request, provenance, results = held_in(path)
    if request.systems is not None:
        raise InputError(f"'{os.fspath(path)}': a sweep of systems; open it with nodecalc.open_sweep")
    made = asked(request, catalogue)
    return OpenedSweep(made, results(), provenance)


def held_in(path: str | os.PathLike[str]) -> tuple[Request, Provenance, Callable[[], dict[str, Array]]]:
    """Return the question of a file, what stands behind its numbers, and what reads its results."""
    name = a_path("sweep", path, f"give the path of {FORMS}")
    if is_csv(name):
        raise InputError(
            f"'{name}': results are not read back from CSV; read it with pandas, polars or duckdb, or ask it again "
            "with --again"
        )
    metadata = metadata_of_file(name)
    provenance = _provenance(metadata, name)
    request = request_of(metadata, name)
    check_room(request.points, request.outputs)
    return request, provenance, lambda: results_of_file(name, request.axes, request.outputs, request.shape)


class Opened(Swept):
    """A sweep whose results were read from a file, and not worked out by this version with its figures."""

    is_read = True
    _provenance: Provenance

    @property
    def provenance(self) -> Provenance:
        """What stood behind the numbers when they were written."""
        return self._provenance

    @property
    def notes(self) -> tuple[str, ...]:
        """What was said of the numbers when they were written."""
        return self._provenance.notes

    def point(self, index: Sequence[int] | int) -> dict[str, Any]:
        """Return one point as it was written: the value of every axis, and of every output."""
        place = self._place(index)
        row = {axis.key: axis.at(i) for axis, i in zip(self.request.axes, place, strict=True)}
        return row | {key: float(array[place]) for key, array in self.arrays.items()}


class OpenedSweep(Opened, Sweep):
    """A sweep of dies that was read from a file."""

    def __init__(self, made: Sweep, arrays: dict[str, Array], provenance: Provenance) -> None:
        """Take the question from `made` and everything else from the file."""
        Sweep.__init__(self, made.request, made.plan, made.background, made.parallel)
        self._arrays = arrays
        self._provenance = provenance


def _provenance(metadata: str, name: str) -> Provenance:
    try:
        return provenance_in(metadata)
    except NodecalcError as error:
        raise InputError(f"'{name}': {error}; {WHOLE}") from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"'{name}': it holds no sweep of nodecalc; {WHOLE}") from None
