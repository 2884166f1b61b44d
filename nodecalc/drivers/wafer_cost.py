"""A wafer priced from its layers: exposures, masks, steps and what they cost, and what other tools would change."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.errors import InputError
from nodecalc.question.at import apart
from nodecalc.question.caution import Caution
from nodecalc.question.graph import PRICE, band_of
from nodecalc.question.ledger import UsedFigure
from nodecalc.question.units import label, number
from nodecalc.vocabulary import QUANTITIES, quantity
from nodecalc.wafers.counts import Totals, totals
from nodecalc.wafers.exposure import EUV_KEYS, PRICE_KEYS, read_inputs
from nodecalc.wafers.layers import layer_stage, scheme_text
from nodecalc.wafers.prices import Priced
from nodecalc.wafers.rule import node_stack
from nodecalc.wafers.stacks import BY_MASKS, chosen_stack
from nodecalc.wafers.starts import OF_MASKS, OF_PRODUCT, priced
from nodecalc_kernels.registry import SCHEMES
from nodecalc_kernels.stages import run
from nodecalc_kernels.wafer_graph import FIELDS

from .answer import Answer

__all__ = ["LayerCost", "Penalty", "WaferCost", "cost_figure", "wafer_cost"]

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue, Node, Stack
    from nodecalc.question.at import At
    from nodecalc.wafers.penalties import Penalties
    from nodecalc.wafers.price import Chain

    from .wafer_penalties import Penalty

BAND_OF: Final = "wafer_cost_usd"
BAND: Final = band_of(BAND_OF)

DEFECT_AREAS_MM2: Final = (100.0, 814.0)
"""Dies of the penalties per good die where none is given: a phone's, and an accelerator's."""


class LayerCost(NamedTuple):
    """One row of a stack, priced."""

    layer: str
    feature: str
    count: int  # type: ignore[assignment]  # a row counts its layers, not its fields
    pitch_nm: float | None
    scheme: str
    tool: str
    cuts: int
    cut_tool: str
    exposures: int
    """Of all `count` layers together, cuts included."""
    masks: int
    usd_each: float
    usd: float
    share: float
    """Of the wafer's cost."""

    @property
    def scheme_text(self) -> str:
        """How the layer is patterned, such as ``arfi-saqp + 3 euv cuts``."""
        return scheme_text(self)


class WaferCost(Answer):
    """What a processed wafer costs by its layers; immutable. Model output, not a quote: every stack is assumed.

    The band, the rows, the penalties and the notes are worked out when they are first asked for.
    """

    __slots__ = (
        "areas_mm2", "inputs", "node", "priced", "said", "stack", "stack_layers", "stack_origin", "where", "year",
    )  # fmt: skip

    KEYS = (
        BAND_OF,
        PRICE,
        "patterning_usd",
        "process_usd",
        "substrate_usd",
        "layer_usd",
        "extra_mask_carry",
        *OF_MASKS,
        *Totals._fields,
        *BAND,
    )
    BAND = BAND

    node: str
    stack: str
    """Id of the layer stack."""
    stack_origin: str
    """Which stack was priced and why."""
    stack_layers: Stack
    inputs: Mapping[str, float]
    """Wafer inputs that the user gave."""
    areas_mm2: tuple[float, ...]
    """Dies of the penalties per good die."""
    where: Node | None
    """The node that the wafer stands for."""
    year: float
    """Of the margin and of the fab's age."""
    said: tuple[str, ...]
    """What the question itself gives to say, such as its exchange rates."""
    priced: Priced
    """Every stage that led to the results, and every number."""

    if TYPE_CHECKING:  # __getattr__ serves every wafer output of the vocabulary
        wafer_cost_usd: float
        wafer_cost_usd_p10: float
        wafer_cost_usd_p50: float
        wafer_cost_usd_p90: float
        wafer_price_usd: float
        patterning_usd: float
        process_usd: float
        substrate_usd: float
        layer_usd: float
        extra_mask_carry: float
        mask_set_usd: float
        mask_set_per_wafer_usd: float | None
        design_layers: int
        masks: int
        exposures: int
        euv_exposures: int

    def __init__(
        self,
        where: Node | None,
        stack: Stack,
        stack_origin: str,
        inputs: Mapping[str, float],
        areas_mm2: tuple[float, ...],
        year: float,
        catalogue: Catalogue,
        said: tuple[str, ...] = (),
    ) -> None:
        """Price a wafer of `stack`, which stands for the node `where`, under the wafer inputs `inputs`."""
        found = priced(stack, catalogue, inputs)
        counts = totals(stack, catalogue)._asdict()
        self._keep(
            {key: found.values[key] for key in self.KEYS if key in found.values and key not in counts} | counts,
            catalogue=catalogue,
            ledger=found.ledger,
            node=stack.id if where is None else where.id,
            stack=stack.id,
            stack_origin=stack_origin,
            stack_layers=stack,
            inputs=inputs,
            areas_mm2=areas_mm2,
            year=year,
            said=said,
            priced=found,
            where=where,
        )

    def _arguments(self) -> tuple[Any, ...]:
        return (
            self.where,
            self.stack_layers,
            self.stack_origin,
            dict(self.inputs),
            self.areas_mm2,
            self.year,
            self.catalogue,
            self.said,
        )

    def _work_out_band(self) -> tuple[float, ...]:
        from .risk.worlds import sampled_band

        return sampled_band(self.priced.stages, self.priced.starts, self.ledger.uncertain, BAND_OF)

    @property
    def peer(self) -> str:
        """Id of the other foundry's node that the node is measured against, "" where it is against none."""
        return "" if self.where is None else self.where.peer

    @property
    def rows(self) -> tuple[LayerCost, ...]:
        """What patterning each layer costs."""
        return self._later("rows", lambda: _rows(self.stack_layers, self.priced.values))

    @property
    def die_area_mm2(self) -> float:
        """Die of the first penalty per good die."""
        return self.areas_mm2[0]

    @property
    def layer_inputs(self) -> dict[str, float]:
        """The inputs that say what layers cost, and not at which price they are sold."""
        return {key: value for key, value in self.inputs.items() if key not in PRICE_KEYS}

    @property
    def penalty_basis(self) -> Penalties:
        """The penalties before they are worked out, with the figures that they rest on."""

        def find() -> Penalties:
            from nodecalc.wafers.penalties import penalties_of

            return penalties_of(
                self.stack_layers, self.catalogue, self.layer_inputs, self.areas_mm2, self.where, self.year
            )

        return self._later("penalty_basis", find)

    @property
    def penalties(self) -> tuple[Penalty, ...]:
        """What the wafer pays for the tools it does without."""

        def work_out() -> tuple[Penalty, ...]:
            from .wafer_penalties import worked_out

            found, band = worked_out(self.penalty_basis)
            for key, value in zip(BAND, band, strict=True):
                self._values.setdefault(key, value)  # the same worlds: what is asked for together is drawn once
            return found

        return self._later("penalties", work_out)

    @property
    def chain(self) -> Chain | None:
        """The way from the cost to the price, None where neither a price nor k is known."""

        def find() -> Chain | None:
            from nodecalc.wafers.price import chain_of

            return chain_of(self.where, self.wafer_cost_usd, self.inputs, self.year, self.catalogue)

        return self._later("chain", find)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know beside the numbers."""
        return self._later(
            "notes",
            lambda: (
                *_notes(self.stack_layers, self.where, self.catalogue),
                *unused_notes(self.stack_layers, self._asked_of_layers(), self.catalogue),
                *self.said,
            ),
        )

    def _asked_of_layers(self) -> dict[str, float]:
        """Return the inputs that only layers could take: a source's power also moves the peer, and a power curve."""
        own = self.euv_exposures > 0
        return {key: value for key, value in self.inputs.items() if own or key not in EUV_KEYS}

    @property
    def is_priced(self) -> bool:
        """Whether margin, vintage or k_fab is given: without any of them there is only a cost."""
        return any(key in self.inputs for key in PRICE_KEYS)

    @property
    def gives_euv(self) -> bool:
        """Whether the power or dose of an EUV source is given."""
        return any(key in self.inputs for key in EUV_KEYS)

    @property
    def sees_euv(self) -> bool:
        """Whether anything in the answer is priced with EUV: the wafer, or the peer that it is measured against."""
        if self.euv_exposures or not self.peer:
            return self.euv_exposures > 0
        return totals(node_stack(self.peer, self.catalogue), self.catalogue).euv_exposures > 0

    def to_dict(self) -> dict[str, Any]:
        """Return the wafer as one flat row: node, stack and every result under its vocabulary key."""
        values = {key: getattr(self, key) for key in self.KEYS if key != PRICE or self.is_priced}
        assumed = ["stack"] if self.stack_layers.kind == "assumed" else []
        return {"node": self.node, "stack": self.stack, **values, "assumed": assumed}

    def to_rows(self) -> list[dict[str, Any]]:
        """Return one flat row a layer group."""
        return [{"node": self.node, "stack": self.stack, **row._asdict()} for row in self.rows]

    def __repr__(self) -> str:
        return (
            f"WaferCost(node={self.node!r}, stack={self.stack!r}, wafer_cost_usd={self.wafer_cost_usd:.0f} "
            f"[{self.wafer_cost_usd_p10:.0f}, {self.wafer_cost_usd_p90:.0f}], masks={self.masks}, "
            f"euv_exposures={self.euv_exposures})"
        )

    def _repr_html_(self) -> str:
        from .notebook.wafer import page

        return page(self)


def wafer_cost(
    node: str | Node | At | None = None,
    *,
    without: Iterable[str] | str = (),
    tools: Iterable[str] | str | None = None,
    like: str | None = None,
    stack: Stack | str | os.PathLike[str] | None = None,
    euv_by: str = BY_MASKS,
    die_area_mm2: float | str | None = None,
    year: float | str | None = None,
    product_wafers: float | str | None = None,
    catalogue: Catalogue | str | os.PathLike[str] | None = None,
    **inputs: object,
) -> WaferCost:
    """Return what one wafer of `node` costs by its layer stack.

    Args:
        node: id or name of a process node; `at` gives it inputs of its own.
        without: ``["euv"]`` or ``"euv+arfi"``: the same wafer without EUV, its layers by the same rule.
        tools: only these tools, by the same rule.
        like: price the stack of this other node, where the node has none.
        stack: a stack, or a TOML file that holds one; it is used as given.
        euv_by: "masks": EUV takes a layer where it saves masks enough, as fabs did; "cost": where it is cheaper.
        die_area_mm2: die that the wafer is made for, an area or a text such as ``10x12``: each pass exposes what the
            fewest exposures that print it take, as in `estimate`, unless ``fields_per_wafer`` is given, and the
            good-die penalty is of it. Without one that is of 100 and 814 mm2, with the usual 96 full fields.
        year: of the evidence, of the company's margin and of the fab's age; the catalogue's where not given.
        product_wafers: wafers that the product's mask set makes; the set is then told a wafer too.
        catalogue: nodes, tools, model and stacks: a catalogue, or a file that merges over the built-in one.
        **inputs: wafer inputs of the vocabulary, such as ``euv_source_power_w=100``, ``extra_mask_carry=0.5``,
            ``euv_scanner_price_usd=1.5e8``. They ask what this wafer would cost; figures of a `catalogue` file are what
            is believed of all fabs, and the layer cost is fitted under them.

    Raises:
        NodecalcError: a node without a stack, an unknown tool, a pitch that no allowed scheme reaches.

    >>> w = wafer_cost("tsmc-n5")
    >>> w.masks, w.euv_exposures, round(w.wafer_cost_usd, -2)
    (81, 14, 6100.0)

    """
    from nodecalc.catalogue import open_catalogue

    known = open_catalogue(catalogue)
    name, own = apart(node)
    said: tuple[str, ...] = ()
    if inputs.get("rate") is not None:
        from nodecalc.question.rates import rated

        inputs, (own,), rates = rated(inputs, own)
        said = () if rates is None else (rates.note,)
    asked: dict[str, Any] = dict(
        without=without, tools=tools, like=like, stack=stack, euv_by=euv_by, die_area_mm2=die_area_mm2, year=year,
        product_wafers=product_wafers, **(read_inputs(inputs, known) if own else inputs),
    )  # fmt: skip
    return _priced(name, known, said, **{**asked, **own})


def _priced(
    name: str | Node | None,
    known: Catalogue,
    said: tuple[str, ...],
    *,
    without: Iterable[str] | str,
    tools: Iterable[str] | str | None,
    like: str | None,
    stack: Stack | str | os.PathLike[str] | None,
    euv_by: str,
    die_area_mm2: float | str | None,
    year: float | str | None,
    product_wafers: float | str | None,
    **inputs: object,
) -> WaferCost:
    """Return the cost of a wafer whose node has no inputs of its own; arguments as for `wafer_cost`."""
    from nodecalc.catalogue.lookup import find_node

    if name is None and stack is None:
        raise InputError("no node and no stack; name a node, such as tsmc-n5, or give a stack file")
    where = find_node(name, known)
    layers, origin = chosen_stack(known, where.id if where else None, without, tools, like, stack, euv_by)
    market_year = float(QUANTITIES["year"].default or 0.0) if year is None else number(year, "year")
    values = read_inputs(inputs, known)
    if product_wafers is not None:
        values[OF_PRODUCT] = number(product_wafers, OF_PRODUCT)
    areas: tuple[float, ...] = DEFECT_AREAS_MM2
    if die_area_mm2 is not None:
        from nodecalc.question.size import from_size

        from .printed import fields_note, fields_of_die

        die = from_size(die_area_mm2, {})
        assert die is not None
        areas = (die.area_mm2,)
        fields = None if FIELDS in values else fields_of_die(die)
        if fields is not None:
            values[FIELDS] = fields
            said = (*said, fields_note(fields, layers.id if where is None else where.id))
    return WaferCost(where, layers, origin, values, areas, market_year, known, said)


def _notes(stack: Stack, where: Node | None, catalogue: Catalogue) -> tuple[str, ...]:
    from nodecalc.wafers.remarks import rule_remarks

    notes = [
        *rule_remarks(stack, where, catalogue),
        "layer cost is fitted to one wafer (N7); a cost, not a price: margin, vintage and k_fab are separate",
    ]
    if stack.kind == "assumed" and len(notes) == 1:
        notes.insert(0, Caution(f"the layer stack {stack.id} is assumed"))
    owners = [where, catalogue.node(stack.node) if stack.node else None]
    if where is not None and where.variant_note:
        notes.append(where.variant_note)
    return (*notes, *dict.fromkeys(one.wafer_note for one in owners if one is not None and one.wafer_note))


def _rows(stack: Stack, values: Mapping[str, float]) -> tuple[LayerCost, ...]:
    stages = [layer_stage(layer) for layer in stack.layers]
    each_usd = run(stages, values)
    total = values["wafer_cost_usd"]
    rows = []
    for layer, step in zip(stack.layers, stages, strict=True):
        each = each_usd[step.outputs[0]]
        masks = SCHEMES[layer.scheme].exposures + layer.cuts
        rows.append(
            LayerCost(
                layer.name,
                layer.feature,
                layer.count,
                layer.pitch_nm,
                layer.scheme,
                layer.tool,
                layer.cuts,
                layer.cut_tool if layer.cuts else "",
                layer.count * masks,
                layer.count * masks,
                each,
                layer.count * each,
                layer.count * each / total,
            )
        )
    return tuple(rows)


def unused_notes(stack: Stack, given: Mapping[str, float], catalogue: Catalogue) -> tuple[str, ...]:
    """Return a note that names those of the wafer inputs `given` that nothing takes, if there are any."""
    unused = priced(stack, catalogue, given).unused
    named = " and ".join(label(quantity(key)) for key in unused)
    return (Caution(f"{named}: changes nothing here, as no layer of {stack.id} takes it"),) if unused else ()


def cost_figure(
    stack: Stack, origin: str, given: Mapping[str, float], catalogue: Catalogue, ranged: bool = True
) -> UsedFigure:
    """Return what a wafer of `stack` counts under the wafer inputs `given`, as a figure in the place of its price.

    Its distribution, where one is wanted, is the wafer's own; it is assumed, as its stack is.
    """
    from nodecalc.catalogue.figure import Figure

    wafer = priced(stack, catalogue, given)
    value = low = high = wafer.values[PRICE]
    law = None
    if ranged:
        from nodecalc_kernels.numbers.tabled import Sampled

        from .risk.band import SHARES
        from .risk.worlds import sampled

        samples = sampled(wafer.stages, wafer.starts, wafer.ledger.uncertain, PRICE)
        if samples[0] < samples[-1]:
            law = Sampled(samples)
            low, high = law.quantile(SHARES[0]), law.quantile(SHARES[-1])
    sold = any(key in given for key in PRICE_KEYS)
    note = f"{'price from the cost' if sold else 'cost, not price'}: {origin}"
    figure = Figure("wafer_price", value, "USD", low, high, "assumed", "assumed", catalogue.model_year, note)
    return UsedFigure(
        PRICE, value, low, high, "assumed", catalogue.model_year, True, note, (figure,), law=law
    )._replace(owner=stack.node or stack.id)
