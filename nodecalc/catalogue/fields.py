"""What figures a node or a product can have: name, unit, sort of value and meaning of each, in one table.

Validation of catalogue files and every display of figures walk this table; there is no second list of fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

FIRST_YEAR: Final = 1947
"""The year of the first transistor; no figure here can be older."""
LAST_YEAR: Final = 2100


class Field(NamedTuple):
    """One field: what a figure of that name says, in what unit, and which values make sense."""

    name: str
    meaning: str
    units: tuple[str, ...]
    """Units the value may come in; the first is the usual one. "" = a word, not a quantity."""
    sort: str = "number"
    """number, count (whole, may be 0), year or text."""
    of: str = "node"
    """node, product or both."""
    upper: float | None = None
    """Largest value that makes sense, where there is one."""
    nominal: bool = False
    """True for a value that is chosen, not measured (a wafer diameter, a year): no default range is put around it."""
    choices: tuple[str, ...] = ()
    """Allowed words, where a text is one of a few."""

    @property
    def positive(self) -> bool:
        """Tell whether the value must be above zero; a count may be zero."""
        return self.sort == "number"


_TABLE: Final = (
    # Money and yield
    Field("wafer_price", "price of one processed wafer to the buyer", ("USD",)),
    Field("wafer_price_ratio_tsmc", "wafer price relative to TSMC's node of the same class", ("ratio",)),
    Field("d0", "fatal defects of the whole process", ("per_cm2",)),
    Field("d0_curve", "course of the defect density, in words", ("",), "text"),
    Field("d0_text", "defect density, in words", ("",), "text"),
    Field(
        "yield_report", "reported yield of some die of the node or of the product", ("percent",), of="both", upper=100
    ),
    Field("yield_statement", "yield, in words", ("",), "text"),
    # Names, dates and technology
    Field("volume_year", "start of volume production", ("year",), "year", nominal=True),
    Field("risk_year", "start of risk production", ("year",), "year", nominal=True),
    Field("transistor", "transistor architecture", ("",), "text"),
    Field("litho", "lithography in use", ("",), "text"),
    Field("metal_patterning", "how the tight metal layers are patterned", ("",), "text"),
    Field("euv_layers", "layers exposed with EUV", ("layers",), "count"),
    Field("wafer_diameter", "wafer diameter", ("mm",), nominal=True),
    # Geometry of logic
    Field("fin_pitch", "fin pitch", ("nm",)),
    Field("fin_pitch_text", "fin pitch, in words", ("",), "text"),
    Field("cpp", "contacted gate pitch, high-density cell", ("nm",)),
    Field("cpp_hp", "contacted gate pitch, high-performance cell", ("nm",)),
    Field("mmp", "minimum metal pitch", ("nm",)),
    Field("m2_pitch", "metal 2 pitch", ("nm",)),
    Field("cell_height_hd", "standard cell height, high-density library", ("nm",)),
    Field("cell_height_hp", "standard cell height, high-performance library", ("nm",)),
    Field("cell_height_22", "standard cell height, library of two fins and two fins", ("nm",)),
    Field("cell_area_hp", "cell height times gate pitch, high-performance library", ("nm2",)),
    Field("cell_area_ratio_n1", "cell area relative to SMIC N+1", ("ratio",)),
    Field("cell_height_ratio_n1", "cell height relative to SMIC N+1", ("ratio",)),
    Field("tracks", "metal tracks in one cell height", ("tracks",)),
    Field("diffusion_break", "how neighbouring cells are separated", ("",), "text", choices=("single", "double")),
    # Density of logic and SRAM
    Field("density", "logic density of the high-density library", ("MTr/mm2",), of="both"),
    Field("density_hp", "logic density of the high-performance library", ("MTr/mm2",)),
    Field("density_class", "density against other nodes, in words", ("",), "text"),
    Field("density_ratio_n7", "density relative to TSMC N7", ("ratio",)),
    Field("density_ratio_n5", "density relative to TSMC N5", ("ratio",)),
    Field("density_ratio_n3e", "density relative to TSMC N3E", ("ratio",)),
    Field("density_ratio_n2p", "density relative to TSMC N2P", ("ratio",)),
    Field("area_ratio_10lpp", "area relative to Samsung 10LPP", ("ratio",)),
    Field("area_ratio_5nm", "area relative to Samsung 5 nm", ("ratio",)),
    Field("sram_hd", "SRAM bit cell area, high-density", ("um2",)),
    Field("sram_hc", "SRAM bit cell area, high-current", ("um2",)),
    Field("sram_hp", "SRAM bit cell area, high-performance", ("um2",)),
    Field("sram_macro", "SRAM macro density, periphery included", ("Mib/mm2", "Mb/mm2")),
    # Memory
    Field("bit_density", "bits a die area", ("Gb/mm2",)),
    Field("half_pitch", "half pitch", ("nm",)),
    Field("cell_area", "memory cell area", ("um2",)),
    Field("cell_ratio_g3", "cell size relative to CXMT G3", ("ratio",)),
    Field("active_pitch", "pitch of the active areas", ("nm",)),
    Field("wordline_pitch", "word line pitch", ("nm",)),
    Field("bitline_pitch", "bit line pitch", ("nm",)),
    Field("layers", "active NAND layers", ("layers",), "count"),
    Field("layers_total", "NAND layers, dummy and select gates included", ("layers",), "count"),
    Field("die_area_12gb", "area of a 12 Gb die", ("mm2",)),
    Field("die_area_16gb", "area of a 16 Gb die", ("mm2",)),
    Field("die_area_512gb", "area of a 512 Gb die", ("mm2",)),
    Field("productivity_ratio_238l", "bits a wafer relative to SK hynix 238L", ("ratio",)),
    # Products
    Field("die_area", "area of one finished die", ("mm2",), of="product"),
    Field("die_area_scribe", "area of the die with its scribe line", ("mm2",), of="product"),
    Field("die_width", "die width", ("mm",), of="product"),
    Field("die_height", "die height", ("mm",), of="product"),
    Field("package_silicon", "area of all dies in the package", ("mm2",), of="product"),
    Field("total_area", "area of all dies of the product", ("mm2",), of="product"),
    Field("xcd_area", "area of one compute chiplet", ("mm2",), of="product"),
    Field("iod_area", "area of one I/O chiplet", ("mm2",), of="product"),
    Field("area_note", "die area, in words", ("",), "text", of="product"),
    Field("area_ratio_kirin_9010", "die area relative to Kirin 9010", ("ratio",), of="product"),
    Field("area_ratio_kirin_9020", "die area relative to Kirin 9020", ("ratio",), of="product"),
    Field("transistors", "transistors of the product, all dies together", ("1e9",), of="product"),
    Field("chip_density", "transistors over die area, whole chip", ("MTr/mm2",), of="product"),
    Field("stack_density", "transistors over footprint, stacked tiers together", ("MTr/mm2",), of="product"),
    Field("bits", "capacity of one die", ("Gb", "Tb"), of="product", nominal=True),
    Field("process", "process class by name", ("nm",), of="product", nominal=True),
    Field("dies_per_package", "dies in one package", ("dies",), "count", of="product", nominal=True),
    Field("dies_per_wafer", "gross dies on one wafer", ("dies",), "count", of="product"),
    Field("packages_per_wafer", "packages that the dies of one wafer fill", ("packages",), "count", of="product"),
    Field("good_dies_per_wafer", "good dies on one wafer", ("dies",), "count", of="product"),
    Field("dies_2026", "dies planned for 2026", ("1e6",), of="product"),
    Field("dies_tsmc_bank", "dies in stock that TSMC made", ("1e6",), of="product"),
    Field("logic_die_cost", "cost of the logic dies of one product", ("USD",), of="product"),
    Field("chip_cost", "cost of the packaged product", ("USD",), of="product"),
    Field("cluster", "chips in one cluster", ("chips",), "count", of="product"),
    Field("launch", "year of launch", ("year",), "year", of="product", nominal=True),
    Field("node_conflict", "what speaks against the node given here", ("",), "text", of="product"),
    Field("node_claim_seed", "node claimed in the press", ("",), "text", of="product"),
    Field("node_note", "the vendor's name for the process", ("",), "text", of="product"),
)

FIELDS: Final[Mapping[str, Field]] = MappingProxyType({field.name: field for field in _TABLE})


def fields_of(owner: str) -> Mapping[str, Field]:
    """Return the fields that an `owner`, "node" or "product", can have, by name.

    >>> fields_of("node")["d0"].units
    ('per_cm2',)
    """
    return {field.name: field for field in _TABLE if field.of in (owner, "both")}
