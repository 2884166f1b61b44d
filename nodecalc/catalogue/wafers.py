"""What a catalogue knows of wafers: exposure tools, the parameters of the model, layer stacks.

What reads them is imported where it is asked for: a die at its wafer's price has no use for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from nodecalc.doors import a_name
from nodecalc.errors import unknown

from .figure import Figure, Range, figure_range, preferred_figure
from .names import shown

if TYPE_CHECKING:
    from .builtin_wafers import WaferChecks, WaferData
    from .userfile import UserFile
    from .wafer_entries import Published, Stack, Tool


class WaferPart:
    """Tools, model and stacks of a catalogue; they are read when they are first asked for."""

    def __init__(self, user: UserFile | None, base: WaferPart | None) -> None:
        """Lay `user` over `base`, the built-in catalogue, or over nothing where this is the built-in one."""
        self._user = user
        self._base = base
        self._geometry: dict[str, Mapping[str, tuple[Figure, ...]]] = {}

    # Tools and the model; kept as attributes, as pricing asks for them a million times

    @cached_property
    def _wafers(self) -> WaferData:
        from .builtin_wafers import wafer_data

        found = wafer_data() if self._base is None else self._base._wafers
        if self._user is None:
            return found
        tools = {**found.tools, **self._user.tools}
        model: Mapping[str, tuple[Figure, ...]] = found.model
        if self._user.model:
            model = MappingProxyType({**model, **self._user.model})
        return found._replace(tools=MappingProxyType(tools), model=model)

    @cached_property
    def _checks(self) -> WaferChecks:
        from .builtin_wafers import wafer_checks

        return wafer_checks() if self._base is None else self._base._checks

    @cached_property
    def tools(self) -> Mapping[str, Tool]:
        """Exposure tools by id: the built-in ones in their own order, then the user's."""
        return self._wafers.tools

    @cached_property
    def model(self) -> Mapping[str, tuple[Figure, ...]]:
        """Figures of the wafer's model by key: what its cost takes, and published figures to set the answer against."""
        return self._wafers.model

    @property
    def relative_cost(self) -> Mapping[str, tuple[Figure, ...]]:
        """Published cost of a patterned layer by tool and scheme ("arfi-saqp"), one 193i exposure = 1."""
        return self._checks.relative_cost

    @property
    def published(self) -> tuple[Published, ...]:
        """What of the model answers to each published figure."""
        return self._checks.published

    @property
    def reference_node(self) -> str:
        """Id of the node whose wafers cost `reference_wafer_usd`; the cost of a layer is fitted to it."""
        return self._wafers.reference_node

    @property
    def model_year(self) -> int:
        """Year of the tools' and the model's figures, as a wafer's cost counts them."""
        return self._wafers.model_year

    def tool(self, name: str) -> Tool:
        """Return the tool with the id `name`, in any case; UnknownNameError with the nearest where there is none."""
        found = self.tools.get(name.strip().lower())
        if found is None:
            raise unknown("tool", shown(name), self.tools)
        return found

    def parameter(self, key: str) -> float:
        """Return the preferred value of the model's parameter or published figure `key`, in its unit.

        >>> from nodecalc.catalogue import load_catalogue
        >>> load_catalogue().parameter("extra_mask_carry")
        0.1
        """
        return preferred_figure(self._parameter(key)).number

    def parameter_range(self, key: str) -> Range:
        """Return value and range of the model's parameter or published figure `key`, in its unit."""
        return figure_range(self._parameter(key))

    def _parameter(self, key: str) -> tuple[Figure, ...]:
        figures = self.model.get(a_name("parameter", key, "give a key, as `model` has them"))
        if figures is None:
            raise unknown("parameter", shown(key), self.model)
        return figures

    # Stacks

    def geometry(self, node_id: str) -> Mapping[str, tuple[Figure, ...]]:
        """Return what the layer stack of a node takes beside the node's own figures, by field; nothing for most.

        >>> from nodecalc.catalogue import load_catalogue
        >>> load_catalogue().geometry("smic-n+3")["tight_metals"][0].value
        '32.5 38 40 44'
        """
        a_name("node", node_id, "give a node's id, such as tsmc-n5")
        if node_id not in self._geometry:
            from .builtin_wafers import geometry

            self._geometry[node_id] = geometry(node_id)
        return self._geometry[node_id]

    @property
    def _stacks(self) -> Mapping[str, Stack]:
        return {} if self._user is None else self._user.stacks

    @property
    def stack_ids(self) -> tuple[str, ...]:
        """The ids of all layer stacks that a user's file gives; the built-in ones are made by rule."""
        return tuple(self._stacks)

    def stack(self, node_id: str, without: Iterable[str] = ()) -> Stack | None:
        """Return a user's stack of exactly the node `node_id` that does without exactly `without`, None where none is.

        >>> from nodecalc.catalogue import load_catalogue
        >>> load_catalogue().stack("tsmc-n5") is None
        True
        """
        from .wafer_entries import split_stack_id

        wanted = (node_id.strip().lower(), frozenset(without))
        for stack_id, found in self._stacks.items():
            node, without_ = split_stack_id(stack_id)
            if (node, frozenset(without_)) == wanted:
                return found
        return None
