"""A system over arrays: its cost at every point of what varies, in the loops that the program writes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from nodecalc.catalogue import open_catalogue
from nodecalc.catalogue.systems import SystemEntry, find_system
from nodecalc.doors import a_flag, a_name, brief, names
from nodecalc.errors import InputError, nearest
from nodecalc.question.columns import column
from nodecalc.question.graph import KEYWORDS
from nodecalc.vocabulary.package import PART_KEYS
from nodecalc.vocabulary.spelling import keyed

from .graph import PACKAGE, SUM, UNIT, Builder
from .reading import Graph, set_values

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from nodecalc.catalogue import Catalogue

OUTPUTS: Final = (UNIT, PACKAGE, SUM)
"""What a system gives at each point."""


def evaluate_system(
    name: str | os.PathLike[str] | SystemEntry,
    varied: Mapping[str, ArrayLike],
    *,
    outputs: Sequence[str] = (UNIT,),
    values: Iterable[str] = (),
    parallel: bool | None = None,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
) -> dict[str, NDArray[np.float64]]:
    """Return what a system costs at every point of some arrays, which broadcast against each other.

    Args:
        name: a built-in system, or the path of a TOML file.
        varied: arrays by part and key, such as ``{"die.gpu.d0": d0, "assembly.package_yield": y}``, in the key's unit.
        outputs: some of unit_cost_usd, package_yield, materials_usd.
        values: what is set once, as for `system`.
        parallel: several threads or not; by the number of points where None.
        catalogue: as for `system`.

    Returns:
        Arrays by output; nan where a point lies outside the domain.

    Raises:
        NodecalcError: a key that is no number of the system, such as the size of a die; an unknown output.

    """
    from nodecalc_kernels.compiled import run_points

    known = open_catalogue(catalogue)
    entry = name if isinstance(name, SystemEntry) else find_system(name, known)
    graph = Builder(set_values(entry, values), known).build(None)
    if parallel is not None:
        a_flag("parallel", parallel)
    wanted = names("outputs", outputs, f"give some of {', '.join(OUTPUTS)}")
    for output in wanted:
        if output not in OUTPUTS:
            raise InputError(f"output '{output}': allowed: {', '.join(OUTPUTS)}")
    given: dict[str, Any] = dict(graph.numbers)
    if not isinstance(varied, Mapping):
        raise InputError(f"varied {brief(varied)}: give a mapping of keys to arrays, such as {{'die.gpu.d0': d0}}")
    for path, array in varied.items():
        given[_key(a_name("varied", path, "name a number of a part, such as die.gpu.d0"), graph)] = column(array, path)
    try:
        return run_points(graph.stages, given, wanted, parallel=parallel)
    except (TypeError, ValueError) as error:
        raise InputError(f"arrays of {', '.join(varied)}: {error}") from None


def _key(path: str, graph: Graph) -> str:
    """Return the key of a stage that a part's key goes by."""
    label, _, short = path.strip().rpartition(".")
    kind, _, name = label.partition(".")
    own = (name or kind).replace("-", "_")
    key = PART_KEYS.get(kind, {}).get(short)
    if key is None and kind == "die":
        key = next(iter(keyed({short: 0}, tuple(KEYWORDS))))
    found = f"{own}__{key}"
    if found not in graph.numbers:
        paths = [f"{key.replace('__', '.')}" for key in graph.numbers if "__" in key]
        close = nearest(found.replace("__", "."), paths)
        hint = f"; nearest: {', '.join(close)}" if close else ""
        raise InputError(f"'{path}': no number of {label or 'the system'} that may vary{hint}")
    return found
