"""Which layer stack is priced: the one that the rule makes of a node's geometry, another node's, or a user's own."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from nodecalc.doors import a_name, names
from nodecalc.errors import InputError, MissingFigureError, unknown
from nodecalc.question.caution import Caution
from nodecalc.vocabulary import QUANTITIES
from nodecalc_kernels.wafer.patterning import hole_exposures

from .counts import tools_of
from .kept import kept
from .reach import hole_pitch
from .rule import node_geometry, node_stack
from .schemes import check_tools, choose, patterning_options, several
from .starts import priced

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Layer, Stack

EUV = "euv"
"""What `without` may name beside a single tool: every tool that exposes with EUV."""

BY_MASKS, BY_COST = "masks", "cost"
EUV_BY = (BY_MASKS, BY_COST)
"""What decides whether a layer takes EUV: the masks it saves, as fabs did, or what the layer costs."""


def named_stack(catalogue: Catalogue, node: str | None, names: Mapping[str, Any]) -> tuple[Stack, str]:
    """Return what `chosen_stack` does, for inputs that go by their vocabulary keys: tools, without, like, stack.

    Tools are several names, or a text that joins them by + or by commas.
    """
    own, like = (_given(names.get(key), QUANTITIES[key].default) for key in ("stack", "like"))
    if node is None and own is None:
        raise InputError(
            "--wafer-basis cost needs a node whose layers are known; name one with -n, such as tsmc-n5, or give --stack"
        )
    without, tools = (_several(key, names.get(key)) for key in ("without", "tools"))
    euv_by = str(names.get("euv_by") or BY_MASKS).strip().lower()
    return chosen_stack(catalogue, node, without or (), tools, like, own, euv_by)


def idle_bans(catalogue: Catalogue, node: str | None, names: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a note that tools are ruled out which no layer takes anyhow; arguments as for `named_stack`."""
    banned = _several("without", names.get("without"))
    if not banned:
        return ()
    made = named_stack(catalogue, node, names)[0]
    plain = named_stack(catalogue, node, {**names, "without": None})[0]
    if made.layers != plain.layers:
        return ()
    named = ",".join(several(banned) if isinstance(banned, str) else banned)
    return (Caution(f"--without {named}: changes nothing here, as no layer of {plain.id} takes it"),)


def _several(key: str, given: Any) -> Any:
    """Return the tools that an input names, None where it says that none is meant in particular."""
    if not isinstance(given, str):
        return given if given is None else names(key, given, "name some tools, such as euv")
    if given.strip().lower() == QUANTITIES[key].default:
        return None
    found = several(given)
    if not found:
        raise InputError(f"no tools in '{given}'; name some, joined by + or commas, or leave it out")
    return found


def _given(given: Any, default: object) -> Any:
    return None if isinstance(given, str) and given.strip().lower() == default else given


def chosen_stack(
    catalogue: Catalogue,
    node: str | None,
    without: Iterable[str] | str,
    tools: Iterable[str] | str | None,
    like: str | None,
    given: Stack | str | os.PathLike[str] | None,
    euv_by: str = BY_MASKS,
) -> tuple[Stack, str]:
    """Return the stack to price, and a line that says which it is and why.

    A user's stack is used as given; where it needs a tool that is not allowed, those layers are patterned anew.
    """
    from nodecalc.catalogue import Stack as StackType
    from nodecalc.catalogue import load_stack

    without = _several("without", without) or ()
    tools = _several("tools", tools)
    banned = frozenset(_banned(without, catalogue))
    only = None if tools is None else frozenset(check_tools(tools, catalogue))
    if like is not None:
        a_name("like", like, "give one node's id or name, such as tsmc-n5")
    if a_name("euv_by", euv_by, f"allowed: {', '.join(EUV_BY)}") not in EUV_BY:
        raise unknown("way to choose EUV", euv_by, EUV_BY)
    if given is None:
        make = partial(_of_node, catalogue, node, like, banned, only, euv_by)
        return kept(catalogue, ("stack", node, like, banned, only, euv_by), make)
    if like is not None:
        raise InputError("--stack and --like: two stacks; give one of them")
    if euv_by != BY_MASKS:
        raise InputError("--euv-by with --stack: a stack of your own says itself what takes EUV; leave one out")
    base = given if isinstance(given, StackType) else load_stack(given, catalogue)
    return _allowed(catalogue, base, f"stack of {base.origin}", banned, only)


def _of_node(
    catalogue: Catalogue,
    node: str | None,
    like: str | None,
    banned: frozenset[str],
    only: frozenset[str] | None,
    euv_by: str,
) -> tuple[Stack, str]:
    """Return the stack of a node, or of the one whose stack it borrows, under the tools allowed."""
    source = catalogue.node(like).id if like is not None else node or ""
    borrowed = f", borrowed for {node}" if like is not None and node != source else ""
    own = catalogue.stack(source)
    if own is not None:
        alternative = catalogue.stack(source, (EUV,)) if EUV in banned and only is None else None
        if alternative is not None and tools_of(alternative) <= set(catalogue.tools) - banned:
            return alternative, f"stack {alternative.id} of {alternative.origin}{borrowed}"
        return _allowed(catalogue, own, f"stack of {own.node} in {own.origin}{borrowed}", banned, only)
    usual = frozenset(node_geometry(source, catalogue).tools)
    allowed = (usual if only is None else only) - banned
    if not allowed:
        raise _no_tool(catalogue)
    stack = node_stack(source, catalogue, allowed, _carried_usd(catalogue) if euv_by == BY_COST else None)
    origin = f"made by rule from the geometry of {source}{borrowed}"
    if allowed != usual:
        origin += f", with {', '.join(tool for tool in catalogue.tools if tool in allowed)}"
    return stack, origin + (", EUV where it is cheaper" if euv_by != BY_MASKS else "")


def _carried_usd(catalogue: Catalogue) -> float:
    """What an extra mask carries of a layer's other processing: phi of the layer cost, as fitted to the reference."""
    reference = node_stack(catalogue.reference_node, catalogue)
    return catalogue.parameter("extra_mask_carry") * priced(reference, catalogue, {}).values["layer_usd"]


def _no_tool(catalogue: Catalogue) -> InputError:
    return InputError(f"no tool is left; allow some of {', '.join(catalogue.tools)}")


def _allowed(
    catalogue: Catalogue, base: Stack, origin: str, banned: frozenset[str], only: frozenset[str] | None
) -> tuple[Stack, str]:
    """Return a user's stack `base`, or what takes its place where it needs a tool that is not allowed."""
    allowed = set(catalogue.tools if only is None else only) - banned
    if tools_of(base) <= allowed:
        return base, origin
    named = ", ".join(sorted(allowed))
    return derive(base, allowed, catalogue), f"derived from {base.id} by the scheme rule, with {named}"


def derive(base: Stack, allowed: set[str], catalogue: Catalogue) -> Stack:
    """Return `base` with every layer that needs another tool than `allowed` patterned anew from its pitch.

    A line takes the cheapest allowed scheme with its cut masks; a via or contact as many exposures as its pitch asks;
    a cut mask of a banned tool becomes as many of an allowed one as its layer's pitch asks. A via without a pitch of
    its own takes the tighter one of the metals it joins, a contact the gate's.
    """
    if not allowed:
        raise _no_tool(catalogue)
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
    return int(hole_exposures(pitch_nm, hole_pitch(catalogue.tools[tool], catalogue)))


def _neighbour_pitch(name: str, pitches: dict[str, float]) -> float | None:
    """Pitch that a via or contact inherits: of the metals it joins, or of the gate."""
    head = name.upper()
    if head[:1] == "V" and head[1:2].isdecimal():
        level = int("".join(c for c in head[1:3] if c.isdecimal()))
        near = [pitches[k] for k in (f"M{level}", f"M{level + 1}") if k in pitches]
        return min(near) if near else None
    if "CONTACT" in head or "VIA" in head:
        return pitches.get("GATE")
    return None


def _banned(without: Iterable[str], catalogue: Catalogue) -> set[str]:
    banned: set[str] = set()
    for name in names("without", without, f"name some of {', '.join(catalogue.tools)}"):
        key = name.strip().lower()
        if key == EUV:
            banned |= {EUV, *(tool.id for tool in catalogue.tools.values() if tool.is_euv)}
        else:
            banned |= set(check_tools([key], catalogue))
    return banned
