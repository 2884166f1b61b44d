"""A user's catalogue file: read once, checked, and laid over the built-in entries that it touches."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from . import builtin
from .entries import BUILT_IN, Node, Product, Source
from .evidence import SUBJECTS, USUAL_WAFER_MM, Piece
from .evidence_file import laid_over, pieces_of_figures, read_evidence
from .fields import REPLACED, TOOL_OPTIONAL, fields_of
from .figure import Figure, preferred_figure
from .merger import Merger
from .names import shown
from .schema import ASSUMED, SCHEMA, USER_SOURCE, hint, shown_path, type_name
from .stackfile import read_stack
from .tomlfile import load_toml
from .wafer_entries import Stack, Tool, make_tool

if TYPE_CHECKING:
    from .catalogue import Catalogue

NODE_CLASSES: Final = ("logic", "dram", "nand")

_TABLES: Final = ("source", "node", "product", "tool", "model", "stack")
_TOP_KEYS: Final = ("schema", "version", *_TABLES)
_NODE_TEXTS: Final = ("foundry", "name", "class")
_NODE_OPTIONAL: Final = ("peer", "wafer_note", "variant_of")
EVIDENCE: Final = "evidence"
_PRODUCT_TEXTS: Final = ("name", "vendor", "kind")
_SOURCE_KEYS: Final = ("title", "publisher", "year", "address", "read", "verified")


class UserFile(NamedTuple):
    """What a user's file adds and changes, already merged with the built-in entries of the same ids."""

    nodes: dict[str, Node]
    products: dict[str, Product]
    sources: dict[str, Source]
    tools: dict[str, Tool]
    model: dict[str, tuple[Figure, ...]]
    stacks: dict[str, Stack]
    replaced: tuple[str, ...]


def read_user_file(path: str | os.PathLike[str], base: Catalogue) -> UserFile:
    """Return the checked content of the user's file at `path`, over `base`; CatalogueError where it cannot be used."""
    file = os.fsdecode(path)
    return _Reader(file, load_toml(file, "catalogue"), base).read()


class _Reader:
    """Goes through one user's file, table by table."""

    def __init__(self, file: str, data: Mapping[str, Any], base: Catalogue) -> None:
        self.file = file
        self.data = data
        self.base = base
        self.merge = Merger(file)
        self.check = self.merge.check
        self.short = self.merge.short
        self.nodes: dict[str, Node] = {}

    def read(self) -> UserFile:
        check, data = self.check, self.data
        if "schema" not in data:
            raise check.error("", f"no schema; write 'schema = {SCHEMA}' at the top")
        check.schema(data["schema"])
        check.keys("top level", data, _TOP_KEYS)
        if "version" in data:
            check.text("version", data["version"])
        tables = {name: check.table(name, data.get(name, {})) for name in _TABLES}
        check.source_ids = list(dict.fromkeys((*builtin.source_ids(), *tables["source"], USER_SOURCE)))
        sources = {id_: self._source(id_, raw) for id_, raw in tables["source"].items()}
        for id_, raw in tables["node"].items():
            self.nodes[id_] = self._node(id_, raw)
        products = {id_: self._product(id_, raw) for id_, raw in tables["product"].items()}
        # The built-in tools, model and stacks are read only where the file touches them.
        tools = {id_: self._tool(id_, raw) for id_, raw in tables["tool"].items()}
        model = self._in_use("model", check.figures("[model]", tables["model"], "model"))
        if model:
            self.merge.figures("model", self.base.model, model)
        stacks = {id_: self._stack(id_, raw, tools) for id_, raw in tables["stack"].items()}
        if check.uses_default_source and USER_SOURCE not in sources:
            title = f"Given in {shown_path(self.file)}"
            sources[USER_SOURCE] = Source(USER_SOURCE, title, "user's catalogue file", None, origin=self.short)
        return UserFile(self.nodes, products, sources, tools, model, stacks, tuple(self.merge.replaced))

    def _source(self, id_: str, raw: object) -> Source:
        check = self.check
        place = f"[source.{shown(id_)}]"
        check.text("[source] id", id_)
        table = check.table(place, raw)
        check.keys(place, table, _SOURCE_KEYS)
        if "title" not in table:
            raise check.error(place, "source without title; must be a text")
        verified = table.get("verified", False)
        if not isinstance(verified, bool):
            raise check.error(f"{place} verified", f"is {type_name(verified)}; must be true or false")
        texts = {
            key: check.text(f"{place} {key}", table.get(key, ""), empty=True)
            for key in ("publisher", "address", "read")
        }
        found = Source(
            id_,
            check.text(f"{place} title", table["title"]),
            texts["publisher"],
            check.year(f"{place} year", table["year"]) if "year" in table else None,
            texts["address"],
            texts["read"],
            verified,
            self.short,
        )
        self.merge.say(f"source {id_}: {'replaced' if id_ in builtin.source_ids() else 'added'}")
        return found

    def _node(self, id_: str, raw: object) -> Node:
        check = self.check
        known = [entry.id for entry in builtin.node_names()]
        self.merge.id("[node]", id_, known)
        place = f'[node."{id_}"]'
        table = check.table(place, raw)
        texts: dict[str, str] = {key: check.text(f"{place} {key}", table[key]) for key in _NODE_TEXTS if key in table}
        texts |= {key: check.text(f"{place} {key}", table[key], empty=True) for key in _NODE_OPTIONAL if key in table}
        if "class" in texts and texts["class"] not in NODE_CLASSES:
            given = shown(texts["class"])
            raise check.error(place, f"unknown class '{given}'; allowed: {', '.join(NODE_CLASSES)}")
        if texts.get("peer"):
            check.one_of(place, "peer", texts["peer"], self._node_ids(), "node")
        if texts.get("variant_of"):
            check.one_of(place, "variant_of", texts["variant_of"], [i for i in known if i != id_], "node")
        aliases = check.texts(f"{place} aliases", table["aliases"]) if "aliases" in table else None
        also = (*_NODE_TEXTS, *_NODE_OPTIONAL, "aliases", ASSUMED, EVIDENCE)
        figures = check.figures(place, table, "node", also=also)
        stand_ins: dict[str, tuple[Figure, ...]] = {}
        if ASSUMED in table:
            inner = f'[node."{id_}".{ASSUMED}]'
            stand_ins = check.figures(inner, check.table(inner, table[ASSUMED]), "node", stand_ins=True)
        new = id_ not in known
        if new:
            self.merge.need(place, "node", [key for key in _NODE_TEXTS if key not in texts], id_, known)
            base, origin = Node(id_, "", "", (), "", {}), self.short
            self.merge.say(f"{id_}: new node")
        else:
            base, origin = builtin.node(id_), f"{BUILT_IN}, {self.short}"
            old = {"foundry": base.foundry, "name": base.name, "class": base.node_class}
            old |= {"peer": base.peer, "wafer_note": base.wafer_note, "variant_of": base.variant_of}
            self.merge.texts(id_, old, texts)
            if aliases is not None and aliases != base.aliases:
                self.merge.say(f"{id_}.aliases: replaced")
        wafer_mm = self._wafer_mm({**stand_ins, **base.figures, **figures}, texts.get("variant_of", ""))
        stated, fallback = (pieces_of_figures(several, wafer_mm) for several in (figures, stand_ins))
        listed = read_evidence(check, f'[node."{id_}".{EVIDENCE}]', table.get(EVIDENCE, []), self._node_ids())
        evidence = laid_over(base.evidence, stated, listed)
        evidence = self._with_stand_ins(id_, evidence, fallback, stated)
        self._say_evidence(id_, base.evidence, evidence, new)
        merged = self.merge.figures(
            id_,
            base.figures,
            {k: v for k, v in figures.items() if k not in SUBJECTS},
            {k: v for k, v in stand_ins.items() if k not in SUBJECTS},
            new_entry=new,
        )
        return Node(
            id_,
            texts.get("foundry", base.foundry),
            texts.get("name", base.name),
            base.aliases if aliases is None else aliases,
            texts.get("class", base.node_class),
            MappingProxyType(merged),
            origin,
            texts.get("peer", base.peer),
            texts.get("wafer_note", base.wafer_note),
            evidence,
            texts.get("variant_of", base.variant_of),
            base.from_parent.difference(figures, stand_ins),
        )

    def _wafer_mm(self, figures: Mapping[str, tuple[Figure, ...]], parent: str) -> float:
        """Return the diameter of a node's wafers, of which its price is: its own, its parent's, or the usual one."""
        if "wafer_diameter" in figures:
            return preferred_figure(figures["wafer_diameter"]).number
        if not parent:
            return USUAL_WAFER_MM
        return self._wafer_mm((self.nodes.get(parent) or builtin.node(parent)).figures, "")

    def _with_stand_ins(
        self,
        id_: str,
        evidence: tuple[Piece, ...],
        stand_ins: Mapping[str, tuple[Piece, ...]],
        stated: Mapping[str, tuple[Piece, ...]],
    ) -> tuple[Piece, ...]:
        """Return evidence with stand-ins of the subjects that nothing else is known of."""
        for subject, pieces in stand_ins.items():
            known = (piece for piece in evidence if piece.kind != ASSUMED and piece.span)
            if subject in stated or any(piece.of == subject for piece in known):
                values = ", ".join(f"{piece.value:g}" for piece in pieces)
                self.merge.say(f"{id_}.{subject}: stand-in {values} not used, there is published evidence")
                continue
            evidence = (*(piece for piece in evidence if piece.of != subject), *pieces)
        return evidence

    def _say_evidence(self, id_: str, old: tuple[Piece, ...], new: tuple[Piece, ...], is_new: bool) -> None:
        """Say what of a known node's evidence the file changes."""
        for subject in SUBJECTS if not is_new else ():
            before, after = (tuple(p for p in pieces if p.of == subject) for pieces in (old, new))
            if before == after:
                continue
            added = len(after) - len(before) if after[: len(before)] == before else 0
            values = ", ".join(p.told or f"{p.value:g}" for p in after[-added or 0 :])
            if added and before:
                self.merge.say(f"{id_}.{subject}: {values} beside {len(before)} pieces of evidence")
            elif before:
                self.merge.say(f"{id_}.{subject}: {len(before)} pieces of evidence -> {values}")
            else:
                self.merge.say(f"{id_}.{subject}: added {values}")

    def _product(self, id_: str, raw: object) -> Product:
        check = self.check
        known = builtin.product_ids()
        self.merge.id("[product]", id_, known)
        place = f'[product."{id_}"]'
        table = check.table(place, raw)
        texts: dict[str, str] = {
            key: check.text(f"{place} {key}", table[key]) for key in _PRODUCT_TEXTS if key in table
        }
        if "node" in table:
            node = check.text(f"{place} node", table["node"], empty=True)
            nodes = self._node_ids()
            if node and node not in nodes:
                raise check.error(
                    place, f"unknown node '{shown(node)}'; {hint(node, nodes)}; \"\" where it is not known"
                )
            texts["node"] = node
        aliases = check.texts(f"{place} aliases", table["aliases"]) if "aliases" in table else None
        figures = check.figures(place, table, "product", also=(*_PRODUCT_TEXTS, "node", "aliases"))
        base = builtin.product(id_)
        new = base is None
        if base is None:
            self.merge.need(place, "product", [key for key in ("name", "vendor") if key not in texts], id_, known)
            base, origin = Product(id_, "", "", "", "", {}), self.short
            self.merge.say(f"{id_}: new product")
        else:
            origin = f"{BUILT_IN}, {self.short}"
            old = {"name": base.name, "vendor": base.vendor, "kind": base.kind, "node": base.node}
            self.merge.texts(id_, old, texts)
        merged = self.merge.figures(id_, base.figures, figures, new_entry=new)
        return Product(
            id_,
            texts.get("name", base.name),
            texts.get("vendor", base.vendor),
            texts.get("node", base.node),
            texts.get("kind", base.kind),
            MappingProxyType(merged),
            origin,
            base.aliases if aliases is None else aliases,
        )

    def _tool(self, id_: str, raw: object) -> Tool:
        check, known = self.check, self.base.tools
        base = known.get(id_)
        if not (id_.isascii() and id_.isalnum() and id_ == id_.lower()):
            close = hint(id_, known)
            raise check.error("[tool]", f"bad id '{shown(id_)}'; ids are lower case letters and digits; {close}")
        place = f"[tool.{id_}]"
        table = check.table(place, raw)
        name = check.text(f"{place} name", table["name"]) if "name" in table else ""
        stated = self._in_use(f"tool.{id_}", check.figures(place, table, "tool", also=("name",)))
        if base is None:
            needed = [field for field in fields_of("tool") if field not in TOOL_OPTIONAL and field not in REPLACED]
            self.merge.need(place, "tool", [field for field in needed if field not in stated], id_, known)
            self.merge.say(f"{id_}: new tool")
            return make_tool(id_, name or id_, stated, self.short)
        self.merge.texts(id_, {"name": base.name}, {"name": name} if name else {})
        merged = self.merge.figures(id_, base.figures, stated)
        return make_tool(id_, name or base.name, merged, f"{BUILT_IN}, {self.short}")

    def _in_use(self, place: str, stated: dict[str, tuple[Figure, ...]]) -> dict[str, tuple[Figure, ...]]:
        """Return what is stated without figures of version 0.1 that nothing reads any more, and say which they are."""
        for field in (field for field in stated if field in REPLACED):
            self.merge.say(f"{place}.{field}: of version 0.1 and not used; {REPLACED[field]}")
        return {field: figures for field, figures in stated.items() if field not in REPLACED}

    def _stack(self, id_: str, raw: object, tools: Collection[str]) -> Stack:
        known = dict.fromkeys((*self.base.tools, *tools))
        found = read_stack(self.check, id_, raw, known, self._node_ids(), self.short)
        self.merge.say(f"stack {id_}: {'replaced' if id_ in self.base.stack_ids else 'added'}")
        return found

    def _node_ids(self) -> list[str]:
        built_in = (entry.id for entry in builtin.node_names())
        return list(dict.fromkeys((*built_in, *self.data.get("node", {}))))
