"""A user's catalogue file: read, checked, and laid over the built-in entries that it touches."""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from nodecalc.catalogue import builtin
from nodecalc.catalogue.entries import BUILT_IN, Node, Product, Source
from nodecalc.catalogue.figure import Figure, preferred_figure
from nodecalc.catalogue.names import shown
from nodecalc.catalogue.schema import ASSUMED, SCHEMA, USER_SOURCE, Checker, hint, shown_path, str_of, type_name
from nodecalc.errors import CatalogueError

NODE_CLASSES: Final = ("logic", "dram", "nand")

_TOP_KEYS: Final = ("schema", "version", "source", "node", "product", "tool", "model", "stack")
"""The last three belong to `litho_userfile`, which reads the same file."""

_NODE_TEXTS: Final = ("foundry", "name", "class")
_PRODUCT_TEXTS: Final = ("name", "vendor", "kind")
_SOURCE_KEYS: Final = ("title", "publisher", "year", "address", "read", "verified")


class UserFile(NamedTuple):
    """What a user's file adds and changes, already merged with the built-in entries of the same ids."""

    nodes: Mapping[str, Node]
    products: Mapping[str, Product]
    sources: Mapping[str, Source]
    replaced: tuple[str, ...]


def read_user_file(path: str | os.PathLike[str]) -> UserFile:
    """Return the checked content of the user's catalogue file at `path`; CatalogueError where it cannot be used."""
    file = os.fsdecode(path)
    data = _load(file)
    reader = _Merger(file, data)
    reader.read()
    return UserFile(reader.nodes, reader.products, reader.sources, tuple(reader.replaced))


def _load(file: str) -> dict[str, Any]:
    import tomllib

    name = shown_path(file)
    try:
        with open(file, "rb") as stream:  # noqa: PTH123
            text = stream.read().decode("utf-8-sig")
    except FileNotFoundError:
        raise CatalogueError(f"{name}: no such file; give the path of a TOML catalogue file") from None
    except OSError as error:
        raise CatalogueError(f"{name}: cannot be read: {error.strerror or type(error).__name__}") from None
    except UnicodeDecodeError as error:
        raise CatalogueError(f"{name}: not TOML: byte {error.start} is not UTF-8") from None
    except ValueError:  # a NUL in the name
        raise CatalogueError(f"{name}: no such file; give the path of a TOML catalogue file") from None
    try:
        return tomllib.loads(text)
    except ValueError as error:
        # tomllib says "... (at line 3, column 5)"; a whole number of thousands of digits fails without a place.
        problem = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "a number with too many digits"
        raise CatalogueError(f"{name}: not TOML: {problem if problem.isprintable() else ascii(problem)}") from None
    except RecursionError:
        raise CatalogueError(f"{name}: not a catalogue: lists or tables nested too deep") from None


class _Merger:
    """Goes through one user's file, table by table."""

    def __init__(self, file: str, data: Mapping[str, Any]) -> None:
        self.file = file
        self.short = shown_path(os.path.basename(file))  # noqa: PTH119
        self.data = data
        self.built_in_sources = builtin.source_ids()
        self.nodes: dict[str, Node] = {}
        self.products: dict[str, Product] = {}
        self.sources: dict[str, Source] = {}
        self.replaced: list[str] = []
        self.check = Checker(file, ())

    def read(self) -> None:
        check, data = self.check, self.data
        if "schema" not in data:
            raise check.error("", f"no schema; write 'schema = {SCHEMA}' at the top")
        if data["schema"] != SCHEMA or isinstance(data["schema"], bool):
            given = data["schema"]
            said = type_name(given) if isinstance(given, (dict, list, bool)) else shown(str_of(given))
            raise check.error("", f"unknown schema {said}; known: {SCHEMA}")
        check.keys("top level", data, _TOP_KEYS)
        if "version" in data:
            check.text("version", data["version"])
        for section in ("source", "node", "product"):
            check.table(section, data.get(section, {}))
        own_sources = data.get("source", {})
        check.source_ids = list(dict.fromkeys((*self.built_in_sources, *own_sources, USER_SOURCE)))
        for id_, raw in own_sources.items():
            self._source(id_, raw)
        for id_, raw in data.get("node", {}).items():
            self._node(id_, raw)
        for id_, raw in data.get("product", {}).items():
            self._product(id_, raw)
        if check.uses_default_source and USER_SOURCE not in self.sources:
            title = f"Given in {shown_path(self.file)}"
            self.sources[USER_SOURCE] = Source(USER_SOURCE, title, "user's catalogue file", None, origin=self.short)

    def _say(self, text: str) -> None:
        self.replaced.append(f"{text} ({self.short})")

    def _id(self, section: str, id_: str, known: list[str]) -> None:
        if not builtin.is_id(id_):
            close = hint(id_, known) if known else ""
            raise self.check.error(
                section, f"bad id '{shown(id_)}'; ids are lower case letters, digits, '+', '-' and '.'; {close}"
            )

    # Sources

    def _source(self, id_: str, raw: object) -> None:
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
        self.sources[id_] = Source(
            id_,
            check.text(f"{place} title", table["title"]),
            texts["publisher"],
            check.year(f"{place} year", table["year"]) if "year" in table else None,
            texts["address"],
            texts["read"],
            verified,
            self.short,
        )
        self._say(f"source {id_}: {'replaced' if id_ in self.built_in_sources else 'added'}")

    # Nodes

    def _node(self, id_: str, raw: object) -> None:
        check = self.check
        known = [entry.id for entry in builtin.node_names()]
        self._id("[node]", id_, known)
        place = f'[node."{id_}"]'
        table = check.table(place, raw)
        texts: dict[str, str] = {key: check.text(f"{place} {key}", table[key]) for key in _NODE_TEXTS if key in table}
        if texts.get("class", NODE_CLASSES[0]) not in NODE_CLASSES:
            given = shown(texts["class"])
            raise check.error(place, f"unknown class '{given}'; allowed: {', '.join(NODE_CLASSES)}")
        aliases = check.texts(f"{place} aliases", table["aliases"]) if "aliases" in table else None
        own = (*_NODE_TEXTS, "aliases", ASSUMED)
        figures = check.figures(place, table, "node", also=own)
        stand_ins: dict[str, tuple[Figure, ...]] = {}
        if ASSUMED in table:
            inner = f'[node."{id_}".{ASSUMED}]'
            stand_ins = check.figures(inner, check.table(inner, table[ASSUMED]), "node", stand_ins=True)
        if id_ in known:
            base = builtin.node(id_)
            self._note_texts(id_, {"foundry": base.foundry, "name": base.name, "class": base.node_class}, texts)
            if aliases is not None and aliases != base.aliases:
                self._say(f"{id_}.aliases: replaced")
            origin = f"{BUILT_IN}, {self.short}"
        else:
            missing = [key for key in _NODE_TEXTS if key not in texts]
            if missing:
                raise check.error(place, f"new node without {', '.join(missing)}; {self._new_hint(id_, known)}")
            base = Node(id_, "", "", (), "", {})
            origin = self.short
            self._say(f"{id_}: new node")
        merged = self._merge(id_, base.figures, figures, stand_ins, new_entry=id_ not in known)
        self.nodes[id_] = Node(
            id_,
            texts.get("foundry", base.foundry),
            texts.get("name", base.name),
            base.aliases if aliases is None else aliases,
            texts.get("class", base.node_class),
            MappingProxyType(merged),
            origin,
        )

    def _new_hint(self, id_: str, known: list[str]) -> str:
        advice = hint(id_, known)
        return f"add them, or, for a node that exists, use its id ({advice})"

    def _note_texts(self, id_: str, old: Mapping[str, str], new: Mapping[str, str]) -> None:
        for key, text in new.items():
            if text != old[key]:
                self._say(f"{id_}.{key}: {_said(old[key])} -> {_said(text)}")

    def _merge(
        self,
        id_: str,
        old: Mapping[str, tuple[Figure, ...]],
        new: Mapping[str, tuple[Figure, ...]],
        stand_ins: Mapping[str, tuple[Figure, ...]],
        *,
        new_entry: bool = False,
    ) -> dict[str, tuple[Figure, ...]]:
        merged = dict(old)
        for field, figures in new.items():
            self._note_figure(id_, field, old.get(field), figures, new_entry)
            merged[field] = figures
        for field, figures in stand_ins.items():
            present = merged.get(field)
            if present is not None and (field in new or preferred_figure(present).source != ASSUMED):
                # A published figure always wins; say so, as the line in the file would otherwise seem to be in force.
                self._say(f"{id_}.{field}: stand-in {_said(figures[0].value)} not used, there is a published figure")
                continue
            self._note_figure(id_, field, old.get(field), figures, new_entry)
            merged[field] = figures
        return merged

    def _note_figure(
        self, id_: str, field: str, old: tuple[Figure, ...] | None, new: tuple[Figure, ...], new_entry: bool
    ) -> None:
        if new_entry:
            return  # one line says that the entry is new
        if old is None:
            self._say(f"{id_}.{field}: added {_state(new)}")
        else:
            self._say(f"{id_}.{field}: {_state(old)} -> {_state(new)}")

    # Products

    def _product(self, id_: str, raw: object) -> None:
        check = self.check
        known = builtin.product_ids()
        self._id("[product]", id_, known)
        place = f'[product."{id_}"]'
        table = check.table(place, raw)
        texts: dict[str, str] = {
            key: check.text(f"{place} {key}", table[key]) for key in _PRODUCT_TEXTS if key in table
        }
        if "node" in table:
            node = check.text(f"{place} node", table["node"], empty=True)
            nodes = list(dict.fromkeys((*(entry.id for entry in builtin.node_names()), *self.nodes)))
            if node and node not in nodes:
                raise check.error(
                    place, f"unknown node '{shown(node)}'; {hint(node, nodes)}; \"\" where it is not known"
                )
            texts["node"] = node
        figures = check.figures(place, table, "product", also=(*_PRODUCT_TEXTS, "node"))
        base = builtin.product(id_)
        if base is not None:
            self._note_texts(
                id_, {"name": base.name, "vendor": base.vendor, "kind": base.kind, "node": base.node}, texts
            )
            origin = f"{BUILT_IN}, {self.short}"
        else:
            missing = [key for key in ("name", "vendor") if key not in texts]
            if missing:
                advice = self._new_hint(id_, known).replace("a node", "a product")
                raise check.error(place, f"new product without {', '.join(missing)}; {advice}")
            base = Product(id_, "", "", "", "", {})
            origin = self.short
            self._say(f"{id_}: new product")
        merged = self._merge(id_, base.figures, figures, {}, new_entry=origin == self.short)
        self.products[id_] = Product(
            id_,
            texts.get("name", base.name),
            texts.get("vendor", base.vendor),
            texts.get("node", base.node),
            texts.get("kind", base.kind),
            MappingProxyType(merged),
            origin,
        )


def _said(value: float | int | str) -> str:
    return f'"{shown(value)}"' if isinstance(value, str) else str(value)


def _state(figures: tuple[Figure, ...]) -> str:
    figure = preferred_figure(figures)
    return f"{_said(figure.value)} ({ASSUMED})" if figure.kind == ASSUMED else _said(figure.value)
