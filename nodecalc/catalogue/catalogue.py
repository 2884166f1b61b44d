"""The catalogue: built-in nodes, products, tools, layer stacks and sources, with a user's file laid over them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from nodecalc.doors import a_name, a_path
from nodecalc.errors import unknown

from . import builtin
from .entries import Node, Product, Source
from .names import Named, find, fold, shown
from .wafers import WaferPart

if TYPE_CHECKING:
    from .tables import Group
    from .userfile import UserFile
    from .wafer_entries import Stack

_LIST_NODES = "'nodecalc nodes' lists all"
_LIST_PRODUCTS = "'nodecalc chips' lists all"
_LIST_SOURCES = "'nodecalc sources' lists all"


class Catalogue(WaferPart):
    """Nodes, products, tools, stacks and sources by name; whatever is asked for is read then and kept.

    A node asked for by its id costs one small file; nothing is read before it is needed.
    """

    def __init__(self, user: UserFile | None = None, path: str | None = None, base: Catalogue | None = None) -> None:
        """Lay `user`, a file read by `load_catalogue` from `path`, over the built-in data, which `base` has read."""
        super().__init__(user, base)
        self.path = path
        """The user's file, or None."""
        self._nodes: dict[str, Node] = {}
        self._products: dict[str, Product] = {}
        self._sources: dict[str, Source] = {}
        self._node_names: list[Named] | None = None
        self._products_complete = False
        self._vendors: dict[str, tuple[str, ...]] | None = None
        self._replaced = () if user is None else tuple(user.replaced)
        if user is not None:
            self._nodes.update(user.nodes)
            self._products.update(user.products)
            self._sources.update(user.sources)
            self._nodes.update({node.id: self._with_parent(node) for node in user.nodes.values()})
        self._user_nodes = tuple(self._nodes)
        self._user_products = tuple(self._products)
        self._user_sources = tuple(self._sources)

    @property
    def replaced(self) -> list[str]:
        """What the user's file replaced or added, a line each: "tsmc-n5.d0: 0.105 -> 0.07 (my.toml)"."""
        return list(self._replaced)

    def __reduce__(self) -> tuple[Any, ...]:
        """Let it be copied and sent to other processes: the user's part of it, as the rest is there already."""
        return _reopen, (self._user, self.path)

    # Nodes

    def node(self, name: str) -> Node:
        """Return the node that `name` names: an id, a name or an alias, with or without its foundry.

        Case, spaces, hyphens and underscores do not matter. Raises UnknownNameError with the nearest ids where there is
        no such node, and with all candidates where there are several.

        >>> Catalogue().node("TSMC 5nm").id, Catalogue().node("N+3").id
        ('tsmc-n5', 'smic-n+3')
        """
        wanted = a_name("node", name, "give one node's id or name, such as tsmc-n5").strip().casefold()
        known = self._nodes.get(wanted)
        if known is not None:
            return known
        # An id is a file name: no index is needed to find it. Ids hold a hyphen; without one it is surely a short name.
        if "-" in wanted and builtin.is_id(wanted):
            try:
                return self._keep(builtin.node(wanted))
            except OSError:
                if wanted in (entry.id for entry in self._names()):
                    raise  # in the index and yet not readable: a broken installation, not an unknown name
        return self._node_by_id(find("node", name, self._names(), _LIST_NODES, size_names=True))

    def _node_by_id(self, node_id: str) -> Node:
        known = self._nodes.get(node_id)
        return self._keep(builtin.node(node_id)) if known is None else known

    def _keep(self, node: Node) -> Node:
        # The parent of a variant may be one that the user's file changes.
        known = self._with_parent(node) if node.variant_of in self._user_nodes else node
        return self._nodes.setdefault(node.id, known)

    def _with_parent(self, node: Node) -> Node:
        if not node.variant_of:
            return node
        return node.with_parent(self._nodes.get(node.variant_of) or builtin.node(node.variant_of))

    def _names(self) -> list[Named]:
        if self._node_names is None:
            names = {entry.id: entry for entry in builtin.node_names()}
            for node_id in self._user_nodes:
                node = self._nodes[node_id]
                names[node_id] = Named(node_id, node.foundry, node.name, node.aliases)
            self._node_names = list(names.values())
        return self._node_names

    @property
    def node_ids(self) -> tuple[str, ...]:
        """The ids of all nodes: the built-in ones in their own order, then the user's."""
        return tuple(entry.id for entry in self._names())

    def nodes(self) -> tuple[Node, ...]:
        """Return all nodes, in the order of `node_ids`; reads every node's file."""
        return tuple(self._node_by_id(node_id) for node_id in self.node_ids)

    # Products

    def product(self, name: str) -> Product:
        """Return the product that `name` names: an id or a name, with or without its vendor.

        Raises UnknownNameError as `node` does.

        >>> Catalogue().product("Kirin 9000S").id, Catalogue().product("H100").id
        ('kirin-9000s', 'nvidia-gh100')
        """
        wanted = a_name("chip", name, "give one chip's id or name, such as h100").strip().casefold()
        known = self._products.get(wanted)
        if known is None and builtin.is_id(wanted) and not self._products_complete:
            known = builtin.product(wanted)
            if known is not None:
                self._products[wanted] = known
        if known is not None:
            return known
        entries = [Named(item.id, self.vendor_names(item), item.name, item.aliases) for item in self.products()]
        return self._products[find("chip", name, entries, _LIST_PRODUCTS, size_names=False)]

    def products(self) -> tuple[Product, ...]:
        """Return all products: the built-in ones in their own order, then the user's."""
        if not self._products_complete:
            everything = {item.id: item for item in builtin.products()}
            everything.update({id_: self._products[id_] for id_ in self._user_products})
            self._products = everything
            self._products_complete = True
        return tuple(self._products.values())

    def vendor_names(self, product: Product) -> str:
        """Return every name of the vendor of `product`, joined by slashes.

        >>> catalogue = Catalogue()
        >>> catalogue.vendor_names(catalogue.product("kirin-9000s"))
        'HiSilicon/Huawei'
        """
        if self._vendors is None:
            self._vendors = builtin.vendor_names()
        return "/".join((product.vendor, *self._vendors.get(product.vendor, ())))

    def products_called(self, words: str) -> tuple[Product, ...]:
        """Return the products of the vendor called `words`, or where none is, those in whose names it occurs.

        >>> [p.id for p in Catalogue().products_called("Exynos 25")]
        ['samsung-exynos-2500']
        """
        wanted = fold(words)
        if not wanted:
            return ()
        everything = self.products()
        own = tuple(p for p in everything if wanted in {fold(v) for v in self.vendor_names(p).split("/")})
        return own or tuple(p for p in everything if any(wanted in fold(n) for n in (p.id, p.name, *p.aliases)))

    # Stacks of variants

    def stack(self, node_id: str, without: Iterable[str] = ()) -> Stack | None:
        """Return a user's stack of the node `node_id` that does without exactly `without`; of a variant, its parent's.

        >>> Catalogue().stack("tsmc-n5p") is None  # the built-in ones are made by rule
        True
        """
        wanted, banned = node_id.strip().lower(), tuple(without)
        found = super().stack(wanted, banned)
        if found is None and wanted in self.node_ids:
            parent = self._node_by_id(wanted).variant_of
            found = super().stack(parent, banned) if parent else None
        return found

    # Tables

    def tables(self, name: str) -> Mapping[str, Group]:
        """Return the groups of figures of the built-in table `name`, memory, packages, capacity or carbon, by id.

        UnknownNameError for another name. A user's file does not change them.

        >>> Catalogue().tables("packages")["published.h100"].preferred("total").value
        3320
        """
        from .tables import table

        return table(a_name("table", name, "give memory, packages, capacity or carbon").strip().casefold())

    # Sources

    def source(self, source_id: str) -> Source:
        """Return the source with the id `source_id`; UnknownNameError with the nearest ids where there is none.

        >>> Catalogue().source("cset_2020").publisher
        'Saif M. Khan and Alexander Mann, CSET Georgetown'
        """
        wanted = a_name("source", source_id, f"give one source's id; {_LIST_SOURCES}").strip()
        known = self._sources.get(wanted)
        if known is None and not self._user_sources and wanted.isidentifier():
            known = builtin.source(wanted)  # as figures name it; whatever else is looked for among all names
            if known is not None:
                self._sources[wanted] = known
        if known is None:
            ids = {id_.casefold(): id_ for id_ in (*builtin.source_ids(), *self._user_sources)}
            exact = ids.get(wanted.casefold())
            if exact is None:
                raise unknown("source", shown(source_id), ids.values(), _LIST_SOURCES)
            known = self._sources.get(exact) or builtin.source(exact)
            if known is None:
                raise unknown("source", shown(source_id), ids.values(), _LIST_SOURCES)
            self._sources[exact] = known
        return known

    def sources(self) -> tuple[Source, ...]:
        """Return all sources: the built-in ones in their own order, then the user's."""
        everything = {item.id: item for item in builtin.sources()}
        everything.update({id_: self._sources[id_] for id_ in self._user_sources})
        return tuple(everything.values())


def _reopen(user: UserFile | None, path: str | None) -> Catalogue:
    return _built_in() if user is None else Catalogue(user, path, _built_in())


@lru_cache(maxsize=1)
def _built_in() -> Catalogue:
    """Return the built-in catalogue: its data never change, so that all callers share what was read."""
    return Catalogue()


def load_catalogue(path: str | os.PathLike[str] | None = None) -> Catalogue:
    """Return the built-in catalogue, with the user's file at `path` laid over it where one is given.

    The user's file is TOML with the schema of the built-in data: `schema = 1` and tables [node."id"], [product."id"],
    [source.id], [tool.id], [model] and [[stack."id"]]. A figure is an inline table or, in the usual unit of its field,
    a bare number or text, which then is of kind "reported" and of source "user". A figure given for an existing entry
    replaces all alternatives of that field, a stack the whole stack of the same id. A new node needs foundry, name and
    class, a new product name and vendor, a new tool every figure but `fields.TOOL_OPTIONAL`.

    Raises CatalogueError, one line naming file, table, field and problem, where the file cannot be used.

    >>> load_catalogue().node("smic n+2").preferred("cpp").value
    63
    >>> load_catalogue().tools["arfi"].value("single_pitch_nm")
    76.0
    """
    if path is None:
        return _built_in()
    from .userfile import read_user_file

    base, file = _built_in(), a_path("catalogue", path, "give the path of a TOML file, or what load_catalogue gives")
    return Catalogue(read_user_file(file, base), file, base)


def open_catalogue(given: Catalogue | str | os.PathLike[str] | None) -> Catalogue:
    """Return the catalogue that a call means: the one given, the one in the file given, or the built-in one."""
    return given if isinstance(given, Catalogue) else load_catalogue(given)


def load_stack(path: str | os.PathLike[str], catalogue: Catalogue | str | os.PathLike[str] | None = None) -> Stack:
    """Return the stack in the user's file at `path`: TOML with a [[layer]] table a layer, and a `name` if one likes.

    The tables are those of the built-in stacks: name, feature, scheme and tool; where wanted count, pitch_nm, and
    cuts with their cut_tool. One stack as a catalogue file holds it, [[stack."id"]], is read as well. The stack is of
    kind "reported": its user vouches for it.

    Args:
        path: the file.
        catalogue: whose tools the layers may name; the built-in one where not given.

    Raises CatalogueError, one line naming file, table, field and problem, where the file cannot be used.

    """
    from .stackfile import read_stack_file

    file = a_path("stack", path, "give the path of a TOML file, or what load_stack gives")
    known = open_catalogue(catalogue)
    return read_stack_file(file, known.tools, known.node_ids)
