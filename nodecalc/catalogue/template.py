"""Nodes and stacks as TOML that is read back: what `--catalog` and `--stack` take, to be edited into one's own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from .entries import Node
from .evidence import SUBJECTS, USUAL_WAFER_MM, Piece
from .figure import Figure
from .schema import SCHEMA
from .wafer_entries import Layer, Stack

if TYPE_CHECKING:
    from .catalogue import Catalogue

_FIGURE: Final = {
    "value": None, "unit": None, "low": None, "high": None, "kind": None, "source": None, "year": None, "note": "",
    "measured_by": "", "prefer": False, "verified": True, "span": True, "where": "", "of": "",
}  # fmt: skip
"""Members of a figure in a file and what goes without saying; None where everything is said that is there."""
_PIECE: Final = {
    "low": None, "high": None, "kind": "", "year": None, "source": "", "origin": "", "bound": "", "basis": "company",
    "die_area_mm2": None, "area_is": "public", "product": "", "need": None, "total": None, "core_fraction": None,
    "counts": "unsaid", "ratio_of": "", "wafer_mm": USUAL_WAFER_MM, "span": True, "why": "", "note": "",
    "verified": True,
}  # fmt: skip
_LAYER: Final = {"count": 1, "pitch_nm": None, "cuts": 0, "cut_tool": ""}
_RENAMED: Final = {"verified": "seen"}

_NODE_HEAD: Final = """\
# Process nodes as a catalogue file: 'nodecalc die 100 -n NODE --catalog FILE' reads it. Another id makes another node,
# which takes another name and other aliases as well: a name of two nodes means neither. Under its own id a node's
# figures take the place of the built-in ones. 'nodecalc sources ID' says what a source is.
"""
_STACK_HEAD: Final = """\
# A layer stack: 'nodecalc wafer NODE --stack FILE' reads it. One [[layer]] a layer, or a group of `count` layers alike;
# masks = count x (exposures of the scheme + cuts). 'nodecalc models' lists the schemes, 'nodecalc keys' the tools.
"""


def nodes_toml(nodes: Iterable[Node], catalogue: Catalogue) -> str:
    """Return a catalogue file that holds `nodes`: their own figures and evidence, those of a parent left to it.

    A user's own sources are written with them.
    """
    several = list(nodes)
    tables = [_node(node) for node in several]
    used = {f.source for n in several for figures in n.figures.values() for f in figures}
    used |= {piece.source for n in several for piece in n.evidence}
    own = [catalogue.source(id_) for id_ in sorted(used)]
    for source in own:
        if source.origin == "built-in":
            continue
        lines = [f"[source.{_text(source.id)}]", f"title = {_text(source.title)}"]
        lines += [
            f"{key} = {_value(value)}"
            for key in ("publisher", "year", "address", "read", "verified")
            if (value := getattr(source, key)) not in (None, "", False)
        ]
        tables.append("\n".join(lines) + "\n")
    return "\n".join((_NODE_HEAD, f"schema = {SCHEMA}\n", *tables))


def stack_toml(stack: Stack) -> str:
    """Return a stack file that holds the layers of `stack`."""
    layers = ["[[layer]]\n" + "".join(_lines(_layer(layer))) for layer in stack.layers]
    return "\n".join((_STACK_HEAD, f"schema = {SCHEMA}\nname = {_text(stack.id)}\n", *layers))


def _node(node: Node) -> str:
    place = f"node.{_text(node.id)}"
    head: dict[str, Any] = {"foundry": node.foundry, "name": node.name, "class": node.node_class}
    head |= {"aliases": list(node.aliases)} if node.aliases else {}
    own = {key: getattr(node, key) for key in ("peer", "wafer_note", "variant_of")}
    head |= {key: text for key, text in own.items() if text}
    figures = {field: group for field, group in node.figures.items() if field not in node.from_parent}
    assumed = {field: group for field, group in figures.items() if all(f.kind == "assumed" for f in group)}
    text = f"[{place}]\n" + "".join(_lines(head))
    text += "".join(_group(field, group) for field, group in figures.items() if field not in assumed)
    # A bare number is exact, which no table of evidence is.
    for subject in SUBJECTS:
        bare = [piece.value for piece in node.evidence if piece.exact and piece.of == subject]
        match bare:
            case [only]:
                text += "".join(_lines({subject: only}))
            case [_, *_]:
                text += "".join(_lines({subject: bare}))
    for piece in (piece for piece in node.evidence if not piece.exact):
        text += f"\n[[{place}.evidence]]\n" + "".join(_lines(_piece(piece)))
    if assumed:
        text += f"\n[{place}.assumed]\n" + "".join(_group(field, group) for field, group in assumed.items())
    return text


def _group(field: str, figures: Sequence[Figure]) -> str:
    tables = [f"{{ {', '.join(f'{k} = {_value(v)}' for k, v in _said(f, _FIGURE).items())} }}" for f in figures]
    match tables:
        case [only]:
            return f"{field} = {only}\n"
    return f"{field} = [\n" + "".join(f"  {table},\n" for table in tables) + "]\n"


def _piece(piece: Piece) -> dict[str, Any]:
    said = _said(piece, _PIECE)
    if said.get("origin") == piece.source:
        del said["origin"]
    return {piece.states: piece.value, **said}


def _layer(layer: Layer) -> dict[str, Any]:
    needed = {key: getattr(layer, key) for key in ("name", "feature", "scheme", "tool")}
    return needed | _said(layer, _LAYER)


def _said(entry: Any, usual: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of an entry that do not go without saying, under the names that files have."""
    values = {key: getattr(entry, key) for key in usual}
    return {_RENAMED.get(k, k): v for k, v in values.items() if v is not None and (usual[k] is None or v != usual[k])}


def _lines(table: Mapping[str, Any]) -> list[str]:
    return [f"{key} = {_value(value)}\n" for key, value in table.items()]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    return repr(value) if isinstance(value, int) else _text(str(value))


def _text(text: str) -> str:
    """Return a text as TOML writes it; what JSON escapes, TOML does too, and one more control character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
