"""Sweeps of dies or of systems read back from what `save` wrote."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from nodecalc.catalogue import open_catalogue
from nodecalc.drivers.sweep.asking import asked as asked_of_dies
from nodecalc.drivers.sweep.opening import Opened, OpenedSweep, held_in

from .sweep import SystemSweep, asked

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue
    from nodecalc.drivers.sweep.provenance import Provenance
    from nodecalc.drivers.sweep.swept import Swept

    from .sweep import Array


class OpenedSystemSweep(Opened, SystemSweep):
    """A sweep of systems that was read from a file."""

    def __init__(self, made: SystemSweep, arrays: dict[str, Array], provenance: Provenance) -> None:
        """Take the question from `made` and everything else from the file."""
        SystemSweep.__init__(self, made.request, made.plan, made.subjects, made.parallel)
        self._arrays = arrays
        self._provenance = provenance


def open_sweep(path: str | os.PathLike[str], *, catalogue: Catalogue | str | os.PathLike[str] | None = None) -> Swept:
    """Return the sweep that a .parquet, .arrow or .npz file or a folder of parts holds, with its results.

    Args:
        path: what `Sweep.save` wrote, of dies or of systems.
        catalogue: the one that the sweep was asked with, where that was no file.

    Returns:
        A `Sweep` or a `SystemSweep` whose arrays and provenance are those of the file.

    Raises:
        InputError: no file of nodecalc, a damaged one, an unfinished folder, or a CSV.

    """
    request, provenance, results = held_in(path)
    if request.systems is None:
        return OpenedSweep(asked_of_dies(request, catalogue), results(), provenance)
    known = open_catalogue(catalogue if catalogue is not None else request.catalogue)
    return OpenedSystemSweep(asked(request, known), results(), provenance)
