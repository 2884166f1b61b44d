"""Which layer stack is priced: the node's own, an alternative of the catalogue, a user's, or one derived by rule."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from nodecalc.catalogue.wafer_entries import WITHOUT
from nodecalc.doors import names
from nodecalc.errors import InputError, MissingFigureError
from nodecalc.vocabulary import QUANTITIES
from nodecalc_kernels.wafer.patterning import via_exposures

from .counts import tools_of
from .kept import kept
from .schemes import check_tools, choose, patterning_options, via_pitch

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Layer, Stack

EUV = "euv"
"""What `without` may name beside a single tool: every tool that exposes with EUV."""


def named_stack(catalogue: Catalogue, node: str | None, names: Mapping[str, Any]) -> tuple[Stack, str]:
    """Return what `chosen_stack` does, for inputs that go by their vocabulary keys: tools, without, like, stack.

    Tools are several names, or a text that joins them by + or by commas.
    """
    own, like = (_given(names.get(key), QUANTITIES[key].default) for key in ("stack", "like"))
    if node is None and own is None:
        raise InputError(
            "--wafer-basis cost needs a node whose layers are known; name one with -n, such as tsmc-n5, or give --stack"
        )
    without, tools = (_several(names.get(key), QUANTITIES[key].default) for key in ("without", "tools"))
    return chosen_stack(catalogue, node, without or (), tools, like, own)


def _several(given: Any, default: object) -> Any:
    """Return the names that `given` joins; None where it is not given or says what not giving it means."""
    found = _given(given, default)
    return found.replace("+", ",").split(",") if isinstance(found, str) else found


def _given(given: Any, default: object) -> Any:
    return None if isinstance(given, str) and given.strip().lower() == default else given


def chosen_stack(
    catalogue: Catalogue,
    node: str | None,
    without: Iterable[str],
    tools: Iterable[str] | None,
    like: str | None,
    given: Stack | str | os.PathLike[str] | None,
) -> tuple[Stack, str]:
    """Return the stack to price, and a line that says which it is and why."""
    from nodecalc.catalogue import Stack as StackType
    from nodecalc.catalogue import load_stack

    banned = frozenset(_banned(without, catalogue))
    only = None if tools is None else frozenset(check_tools(tools, catalogue))
    if given is None:
        make = partial(_allowed, catalogue, *_catalogued(catalogue, node, like), banned, only, True)
        return kept(catalogue, ("stack", node, like, banned, only), make)
    if like is not None:
        raise InputError("--stack and --like: two stacks; give one of them")
    base = given if isinstance(given, StackType) else load_stack(given, catalogue)
    return _allowed(catalogue, base, f"stack of {base.origin}", banned, only, False)


def _allowed(
    catalogue: Catalogue,
    base: Stack,
    origin: str,
    banned: frozenset[str],
    only: frozenset[str] | None,
    catalogued: bool,
) -> tuple[Stack, str]:
    """Return `base`, or what takes its place where it needs a tool that is not allowed."""
    allowed = set(catalogue.tools if only is None else only) - banned
    if tools_of(base) <= allowed:
        return base, origin
    own = catalogue.stack(base.node, (EUV,)) if EUV in banned and catalogued and only is None else None
    if own is not None and tools_of(own) <= allowed:
        return own, f"the catalogue's own stack of {base.node} without {', '.join(own.without)}"
    named = ", ".join(sorted(allowed))
    return derive(base, allowed, catalogue), f"derived from {base.id} by the scheme rule, with {named}"


def derive(base: Stack, allowed: set[str], catalogue: Catalogue) -> Stack:
    """Return `base` with every layer that needs another tool than `allowed` patterned anew from its pitch.

    A line takes the cheapest allowed scheme with its cut masks; a via or contact as many exposures as its pitch asks;
    a cut mask of a banned tool becomes as many of an allowed one as its layer's pitch asks. A via without a pitch of
    its own takes the tighter one of the metals it joins, a contact the gate's.
    """
    if not allowed:
        raise InputError(f"no tool is left; allow some of {', '.join(catalogue.tools)}")
    pitches = {layer.name.upper(): layer.pitch_nm for layer in base.layers if layer.pitch_nm}
    return base._replace(
        id=f"{base.id}-derived", layers=tuple(_derived(layer, pitches, allowed, catalogue) for layer in base.layers)
    )


def _derived(layer: Layer, pitches: dict[str, float], allowed: set[str], catalogue: Catalogue) -> Layer:
    main_ok = layer.tool in allowed
    cuts_ok = not layer.cuts or layer.cut_tool in allowed
    if main_ok and cuts_ok:
        return layer
    pitch = layer.pitch_nm or _neighbour_pitch(layer.name, pitches)
    if pitch is None:
        raise MissingFigureError(
            f"layer '{layer.name}' uses {layer.tool}, which is not allowed, and has no pitch to derive another "
            "scheme from; give one in a stack file (--stack)"
        )
    if not main_ok:
        feature = "line" if layer.feature == "line" else "via"
        option = choose(patterning_options(pitch, sorted(allowed), feature, catalogue), pitch, feature)
        cuts = option.cuts if feature == "line" else 0
        extra = layer.cuts * _cut_exposures(pitch, option.tool, catalogue) if feature == "via" and layer.cuts else cuts
        return layer._replace(scheme=option.scheme, tool=option.tool, cuts=extra, cut_tool=option.tool)
    cutter = "arfi" if "arfi" in allowed else layer.tool
    return layer._replace(cuts=layer.cuts * _cut_exposures(pitch, cutter, catalogue), cut_tool=cutter)


def _cut_exposures(pitch_nm: float, tool: str, catalogue: Catalogue) -> int:
    return int(via_exposures(pitch_nm, via_pitch(catalogue.tools[tool])))


def _neighbour_pitch(name: str, pitches: dict[str, float]) -> float | None:
    """Pitch that a via or contact inherits: of the metals it joins, or of the gate."""
    head = name.upper()
    if head[:1] == "V" and head[1:2].isdigit():
        level = int("".join(c for c in head[1:3] if c.isdigit()))
        near = [pitches[k] for k in (f"M{level}", f"M{level + 1}") if k in pitches]
        return min(near) if near else None
    if "CONTACT" in head or "VIA" in head:
        return pitches.get("GATE")
    return None


def _catalogued(catalogue: Catalogue, node: str | None, like: str | None) -> tuple[Stack, str]:
    source = node if like is None else catalogue.node(like).id
    found = catalogue.stack(source) if source else None
    if found is None:
        have = ", ".join(s for s in catalogue.stack_ids if WITHOUT not in s)
        raise MissingFigureError(
            f"no layer stack of {source} is in the catalogue; stacks of {have} are; "
            "give your own with --stack FILE, or borrow another node's with --like NODE"
        )
    origin = f"assumed stack of {found.node}"
    return found, f"{origin}, borrowed for {node}" if like is not None and node != found.node else origin


def _banned(without: Iterable[str], catalogue: Catalogue) -> set[str]:
    banned: set[str] = set()
    for name in names("without", without, f"name some of {', '.join(catalogue.tools)}"):
        key = name.strip().lower()
        if key == EUV:
            banned |= {EUV, *(tool.id for tool in catalogue.tools.values() if tool.is_euv)}
        else:
            banned |= set(check_tools([key], catalogue))
    return banned
