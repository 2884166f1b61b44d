"""A system over arrays: its cost at every point of what varies, in the loops that the program writes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from math import nan
from typing import TYPE_CHECKING, Any

from nodecalc.catalogue import open_catalogue
from nodecalc.doors import a_flag, a_name, brief
from nodecalc.doors import names as several_names
from nodecalc.errors import InputError
from nodecalc.question.columns import column
from nodecalc.vocabulary import quantity

from .given import VARIED, one_node, refuse_set
from .graph import UNIT
from .reading import set_texts
from .subject import OUTPUTS, beside, find_input, is_name, read_outputs, subject

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from nodecalc.catalogue import Catalogue
    from nodecalc.catalogue.systems import SystemEntry
    from nodecalc.question.at import At


def evaluate_system(
    name: str | os.PathLike[str] | SystemEntry,
    varied: Mapping[str, ArrayLike],
    *,
    node: str | At | None = None,
    outputs: str | Sequence[str] = (UNIT,),
    values: Iterable[str] | Mapping[str, object] = (),
    convention: str | None = None,
    parallel: bool | None = None,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
) -> dict[str, NDArray[np.float64]]:
    """Return what a system costs at every point of some arrays, which broadcast against each other.

    Args:
        name: a built-in system, or the path of a TOML file.
        varied: arrays by part and key, such as ``{"die.gpu.d0": d0, "assembly.package_yield": y, "volume": v}``, in
            the key's unit; a key that one part alone takes needs no part.
        node: process node of its dies instead of their own.
        outputs: results, as for `sweep_system`.
        values: what is set once, as for `sweep_system`.
        convention: as for `system`.
        parallel: several threads or not; by the number of points where None.
        catalogue: as for `system`.

    Returns:
        Arrays by output; nan where a point lies outside the domain.

    Raises:
        NodecalcError: a key that more than the graph reads, such as the size of a die; an unknown output.

    """
    from nodecalc_kernels.compiled import run_points

    texts = set_texts(values)
    asked = subject(name, open_catalogue(catalogue), texts, None, convention)
    if parallel is not None:
        a_flag("parallel", parallel)
    if node is not None:
        asked = asked.with_node(one_node(node))
    if not isinstance(varied, Mapping):
        raise InputError(f"varied {brief(varied)}: give a mapping of keys to arrays, such as {{'die.gpu.d0': d0}}")
    arrays = {
        a_name("varied", path, "name a number of a part, such as die.gpu.d0"): column(array, path)
        for path, array in varied.items()
    }
    paths = {find_input(path, asked): array for path, array in arrays.items()}
    if len(paths) < len(arrays):
        raise InputError(f"{', '.join(arrays)}: two spellings of one input; give it once")
    refuse_set(texts, {find_input(path, asked): path for path in arrays}, VARIED, node, [asked])
    keys = read_outputs(several_names("outputs", outputs, f"name some of {', '.join(OUTPUTS)}"), [asked], paths)
    samples = {path: _sample(path, array) for path, array in paths.items()}
    spelled = {find_input(text, asked): text for text in arrays}
    for path, x in samples.items():
        if not asked.is_plain(path, x, {key: value for key, value in samples.items() if key != path}):
            raise InputError(
                f"'{spelled[path]}': no number that may vary in arrays, as more follows it, such as "
                "dies a wafer; sweep_system asks anew for each value"
            )
    graph = asked.graph(samples)
    given: dict[str, Any] = {**graph.numbers, **{asked.start(path, graph): array for path, array in paths.items()}}
    try:
        return run_points(graph.stages, given, keys, parallel=parallel)
    except (TypeError, ValueError) as error:
        raise InputError(f"arrays of {', '.join(varied)}: {error}") from None


def _sample(path: str, array: ArrayLike) -> float:
    """Return one value of an array that the input may have; one of the input's own where none may be."""
    from nodecalc_kernels.numpy_whole import np

    if is_name(path):
        raise InputError(f"'{path.replace(':', '.')}': a name; arrays are of numbers")
    try:
        numbers = np.asarray(array, dtype=np.float64).reshape(-1)
    except (TypeError, ValueError) as error:
        raise InputError(f"arrays of {path.replace(':', '.')}: {error}") from None
    q = quantity(path)
    inside = numbers[(numbers > q.low if q.low_open else numbers >= q.low) & (numbers <= q.high) & np.isfinite(numbers)]
    return float(inside[0]) if inside.size else beside(path, nan)
