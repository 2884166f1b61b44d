"""Defect densities that run from the wafer's centre to its edge: what is asked of them, and what is refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from nodecalc.errors import InputError, MissingFigureError
from nodecalc.vocabulary import QUANTITIES
from nodecalc_kernels.registry import D0_MEANINGS, PLACEMENTS, RADIAL_SHAPES

SHAPE: Final = "radial_shape"
D0_IS: Final = "d0_is"
FLAT: Final = "flat"
NAMES: Final = (SHAPE, D0_IS)

NUMBERS: Final = tuple(key for keys in RADIAL_SHAPES.values() for key in keys)
"""What shapes take."""
INPUTS: Final = (*NAMES, *NUMBERS)
"""Everything that says how a density runs."""

OF: Final = dict(zip(D0_MEANINGS, ("of the centre", "the mean over the disc", "the mean over the dies"), strict=True))
"""What D0 is, in words."""

_SUCH_AS: Final = {"radial_start": "0.8", "radial_factor": "2", "radial_rise": "1", "radial_exponent": "4"}


def radial_of(names: Mapping[str, str]) -> tuple[str, str] | None:
    """Return shape and meaning of D0 as `die_graph` takes them; None where the density is the same all over."""
    shape = names.get(SHAPE, FLAT)
    return None if shape == FLAT else (shape, names[D0_IS])


def kept(names: Mapping[str, str]) -> dict[str, str]:
    """Return `names` without those that say that a wafer is the same all over, as most are taken to be."""
    return {key: name for key, name in names.items() if key not in NAMES or names[SHAPE] != FLAT}


def takes(shape: str, key: str) -> bool:
    """Whether `key` is no parameter of shapes, or one of `shape`."""
    return key not in NUMBERS or key in RADIAL_SHAPES[shape]


def check_radial(names: Mapping[str, str], given: Collection[str]) -> None:
    """Refuse parameters that a shape does not take, a shape without its own, and one without dies that have places."""
    shape = names[SHAPE]
    for key in given:
        if not takes(shape, key):
            owner = next(name for name, keys in RADIAL_SHAPES.items() if key in keys)
            of = f"--{_option(SHAPE)}"
            raise InputError(f"--{_option(key)} with {of} {shape}: it belongs to {owner}; give {of} {owner}")
    if shape == FLAT:
        if names[D0_IS] != QUANTITIES[D0_IS].default:
            raise InputError(
                f"--{_option(D0_IS)} {names[D0_IS]}: without --{_option(SHAPE)} the density is the same all over the "
                f"wafer; add --{_option(SHAPE)} step or power, or leave it out"
            )
        return
    missing = [key for key in RADIAL_SHAPES[shape] if key not in given]
    if missing:
        told = " and ".join(f"--{_option(key)} (such as {_SUCH_AS[key]})" for key in missing)
        raise MissingFigureError(f"--{_option(SHAPE)} {shape} needs {told}")
    method = names["placement"]
    if not PLACEMENTS[method].exact:
        exact = ", ".join(p.key for p in PLACEMENTS.values() if p.exact)
        raise InputError(
            f"--{_option(SHAPE)} {shape} with the placement {method}: a closed formula places no dies; count with one "
            f"of {exact}"
        )


def centre_note(names: Mapping[str, str], owner: str) -> str:
    """Return what is said of a catalogue's D0 on a wafer that is not the same all over."""
    own = names[D0_IS]
    other = "disc-mean takes it for the mean" if own == D0_MEANINGS[0] else "centre takes it for that of the centre"
    taken = OF[own].removeprefix("of ")
    return f"{owner}: its D0, published as one of whole wafers, is taken for {taken}; --{_option(D0_IS)} {other}"


def told(names: Mapping[str, str], numbers: Mapping[str, float]) -> str:
    """Return how the density runs, in words; "" where it is the same all over."""
    shape = names.get(SHAPE, FLAT)
    if shape == FLAT:
        return ""
    first, second = (numbers[key] for key in RADIAL_SHAPES[shape])
    runs = f"{second:g} x beyond {first:g} R" if shape == "step" else f"1 + {first:g} (r/R)^{second:g}"
    return f"defects {runs}, D0 {OF[names[D0_IS]]}"


def _option(key: str) -> str:
    return QUANTITIES[key].option
