"""What figures a node, a product, an exposure tool and the wafer's model can have: name, unit, sort, meaning.

Validation of catalogue files and every display of figures walk this one table; there is no second list of fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

FIRST_YEAR: Final = 1947
"""The year of the first transistor; no figure here can be older."""
LAST_YEAR: Final = 2100

AMOUNT: Final = "amount"
"""Sort of a number that may be zero, unlike a plain number."""


UNITS: Final = ("SM", "CU", "cores")
"""What the equal units of a die are called; the catalogue counts whichever its maker counts."""


class Field(NamedTuple):
    """One field: what a figure of that name says, in what unit, and which values make sense."""

    name: str
    meaning: str
    units: tuple[str, ...]
    """Units the value may come in; the first is the usual one. "" = a word, not a quantity."""
    sort: str = "number"
    """number, amount (may be 0), count (whole, may be 0), year or text."""
    of: str = "node"
    """node, product, both of them, tool or model."""
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
    # What making wafers takes
    Field("masks", "mask layers of the whole process", ("masks",)),
    Field("masks_ratio", "mask layers relative to another process, which the note names", ("ratio",)),
    Field("mask_set_usd", "one set of masks", ("USD",)),
    Field("wafer_cost", "cost of making one processed wafer", ("USD",)),
    Field("cycle_weeks", "time of a wafer in the fab", ("weeks",)),
    Field("design_cost_usd", "design of a first chip on the node", ("USD",)),
    Field("fab_capex_usd", "capital of a fab", ("USD",)),
    # Geometry of logic
    Field("fin_pitch", "fin pitch", ("nm",)),
    Field("fin_pitch_text", "fin pitch, in words", ("",), "text"),
    Field("cpp", "contacted gate pitch, high-density cell", ("nm",)),
    Field("cpp_hp", "contacted gate pitch, high-performance cell", ("nm",)),
    Field("mmp", "minimum metal pitch", ("nm",)),
    Field("m2_pitch", "metal 2 pitch", ("nm",)),
    # What the rule for layer stacks takes beside these
    Field("metals", "metal layers, M0 among them", ("layers",), "count", nominal=True),
    Field("tight_metals", "pitches of the lowest metals, nm, from the lowest up", ("",), "text"),
    Field("relaxed_metals", "pitches of the metals above those, nm", ("",), "text"),
    Field("backside_metals", "metal layers on the back", ("layers",), "count", nominal=True),
    Field("power_via_pitch", "distance of backside power vias", ("nm",)),
    Field("stack_tools", "exposure tools that the process uses", ("",), "text"),
    Field("euv_saves", "masks that EUV has to save where it takes a layer", ("masks",), "count", nominal=True),
    Field("parent", "node whose pitches it has where its own are not public", ("",), "text"),
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
    Field("area_ratio_kirin_9000s", "die area relative to Kirin 9000s", ("ratio",), of="product"),
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
    Field("cluster_text", "chips in its clusters, in words", ("",), "text", of="product"),
    Field("launch", "year of launch", ("year",), "year", of="product", nominal=True),
    Field("node_conflict", "what speaks against the node given here", ("",), "text", of="product"),
    Field("node_claim_seed", "node claimed in the press", ("",), "text", of="product"),
    Field("node_note", "the vendor's name for the process", ("",), "text", of="product"),
    Field("node_guess", "node thought likely, in words", ("",), "text", of="product"),
    Field("made_where", "where it is said to be made, in words", ("",), "text", of="product"),
    # Units of a die that may be switched off, and what is sold
    Field("units_total", "equal units on one die", UNITS, "count", of="product", nominal=True),
    Field(
        "units_enabled", "equal units of one die that work in the product", UNITS, "count", of="product", nominal=True
    ),
    Field("unit_group", "units that are switched off together", ("units",), "count", of="product", nominal=True),
    Field("package_units_total", "equal units on all dies of the package", UNITS, "count", of="product", nominal=True),
    Field("package_units_enabled", "equal units of the package that work", UNITS, "count", of="product", nominal=True),
    Field(
        "yield_with_bins", "share of dies that can be sold, lower bins counted", ("percent",), of="product", upper=100
    ),
    Field("package_yield", "share of packages that work", ("percent",), of="product", upper=100),
    Field("units_shipped", "products shipped to date", ("1e6",), of="product"),
    Field("units_2025", "products made in 2025", ("1e6", "1e3"), of="product"),
    Field("units_2026", "products planned for 2026", ("1e6", "1e3"), of="product"),
    Field("delivered_share", "share of an order that was delivered", ("ratio",), of="product", upper=1),
    Field("price_cny", "price of one product", ("CNY",), of="product"),
    Field("revenue_share", "the product's share of its vendor's revenue", ("percent",), of="product", upper=100),
    # Packages
    Field("sram_share", "share of the die that is SRAM", ("ratio",), of="product", upper=1),
    Field("analog_share", "share of the die that is analog and IO", ("ratio",), of="product", upper=1),
    Field("hbm", "stacked memory in the package", ("GB",), of="product", nominal=True),
    Field("hbm_stacks", "memory stacks in the package", ("stacks",), "count", of="product", nominal=True),
    Field("bridges", "silicon bridges in the package", ("bridges",), "count", of="product", nominal=True),
    Field("dies_text", "dies of the package, in words", ("",), "text", of="product"),
    Field("transistors_die", "transistors of one of several dies", ("1e9",), of="product"),
    Field("cost_ratio_one_die", "cost of its dies over that of one large die", ("ratio",), of="product"),
    Field("area_overhead_chiplets", "area added by dividing one die into several", ("ratio",), of="product"),
    # Exposure tools
    Field("wavelength_nm", "wavelength in vacuum", ("nm",), of="tool", nominal=True),
    Field("numerical_aperture", "numerical aperture of the projection optics", ("",), of="tool", nominal=True),
    Field("scanner_price_usd", "price of one scanner", ("USD",), AMOUNT, of="tool"),
    Field("track_price_usd", "price of the track that coats and develops for it", ("USD",), AMOUNT, of="tool"),
    Field("throughput_wph", "wafers exposed an hour, one pass each", ("1/h",), of="tool"),
    Field("field", "share of that throughput that product wafers see over weeks", ("",), of="tool", upper=1),
    Field("stated_power_w", "power of the source at which the throughput is stated", ("W",), of="tool", nominal=True),
    Field("stated_dose_mj_per_cm2", "dose at which the throughput is stated", ("mJ/cm2",), of="tool", nominal=True),
    Field("availability", "share of the hours in which the tool is fit to expose", ("",), of="tool", upper=1),
    Field("tool_utilisation", "share of those hours in which it exposes", ("",), of="tool", upper=1),
    Field("consumables_usd", "resist and other material of one pass", ("USD",), AMOUNT, of="tool"),
    Field("fixed_usd_per_year", "other cost of the tool: space, power, people", ("USD/year",), AMOUNT, of="tool"),
    Field("single_pitch_nm", "tightest pitch of lines in one exposure", ("nm",), of="tool"),
    Field("le2_pitch_nm", "tightest pitch of lines practised with two exposures", ("nm",), of="tool"),
    Field("sadp_pitch_nm", "tightest pitch of lines practised with spacers on one exposure", ("nm",), of="tool"),
    Field("le3_pitch_nm", "tightest pitch of lines practised with three exposures", ("nm",), of="tool"),
    Field("via_pitch_nm", "tightest distance of holes, centre to centre, in one exposure", ("nm",), of="tool"),
    Field("k1", "Rayleigh's k1 at the tightest pitch of lines in one exposure", ("",), of="tool"),
    # What else a wafer's cost takes, and published figures that it is set against
    Field("depreciation_years", "years over which tools are written off", ("years",), of="model"),
    Field("service_fraction", "service a year as a share of the scanner's price", ("",), AMOUNT, of="model"),
    Field("substrate_usd", "one bare wafer", ("USD",), AMOUNT, of="model"),
    Field(
        "extra_mask_carry",
        "phi, share of a layer's other processing that an extra mask of the same layer brings",
        ("",),
        AMOUNT,
        of="model",
        upper=1,
    ),
    Field(
        "reference_wafer_usd", "cost of a tsmc-n7 wafer, to which the cost of a layer is fitted", ("USD",), of="model"
    ),
    Field("step_usd", "one auxiliary step: a deposition, an etch, a strip", ("USD",), AMOUNT, of="model"),
    Field("hole_k1", "Rayleigh's k1 of contacts, vias and cuts in one exposure", ("",), of="model"),
    *(
        Field(
            f"{name}_weight", f"share of a full layer's other processing that {words} takes", ("",), AMOUNT, of="model"
        )
        for name, words in (
            ("implant", "an implant"),
            ("via", "a contact or via"),
            ("line", "a layer of lines"),
            ("other", "any other"),
        )
    ),
    Field("euv_source_power_w", "power of the source of an EUV tool that states none", ("W",), of="model"),
    Field("euv_dose_mj_per_cm2", "dose of an EUV tool that states none", ("mJ/cm2",), of="model", nominal=True),
    Field("euv_exposed_area_cm2", "area exposed on a wafer", ("cm2",), of="model", nominal=True),
    Field(
        "exposing_share",
        "share of a wafer's time in a scanner that goes with the number of exposures",
        ("",),
        AMOUNT,
        of="model",
        upper=1,
    ),
    Field("euv_efficiency", "share of the EUV source power that ends as dose", ("",), of="model", upper=1),
    Field("exposure_defect_share", "share of D0 that exposures carry", ("",), AMOUNT, of="model", upper=1),
    Field(
        "exposed_d0_n7_per_cm2", "D0 of tsmc-n7, which its 193i exposures would carry alone", ("per_cm2",), of="model"
    ),
    Field("exposed_d0_n5_per_cm2", "D0 of tsmc-n5, which its 193i and EUV exposures would", ("per_cm2",), of="model"),
    Field("days_per_mask", "days of cycle time a mask layer takes", ("days",), AMOUNT, of="model"),
    *(
        Field(f"{tool}_mask_usd", f"cost of one mask, {words}", ("USD",), AMOUNT, of="model")
        for tool, words in (("iline", "i-line"), ("krf", "KrF"), ("arf", "dry ArF"), ("arfi", "193i"), ("euv", "EUV"))
    ),
    Field("euv_overhead_s", "of version 0.1: overhead of every EUV tool", ("s",), AMOUNT, of="model"),
    Field("d0_per_exposure_per_cm2", "of version 0.1: defects of one more exposure", ("per_cm2",), AMOUNT, of="model"),
    Field("duv_mask_usd", "of version 0.1: cost of one 193i mask", ("USD",), AMOUNT, of="model"),
    Field("euv_mask_cost_ratio", "of version 0.1: cost of an EUV mask over a 193i one", ("",), of="model"),
    Field("capital_share", "share of capital in what a wafer costs in a new fab", ("",), of="model", upper=1),
    Field("high_na_cost_ratio", "published: one High-NA exposure over one at 0.33 NA", ("ratio",), of="model"),
    Field("litho_share_n7", "published: lithography's share of a 7 nm wafer's cost", ("fraction",), of="model"),
    Field("litho_share_n5", "published: lithography's share of a 5 nm wafer's cost", ("fraction",), of="model"),
    *(
        Field(f"reference_wafer_{node}_usd", f"published: cost of a tsmc-{node} wafer", ("USD",), of="model")
        for node in ("n16", "n10", "n5", "n3", "n2")
    ),
    *(
        Field(f"masks_{node}", f"published: masks of {words}", ("masks",), of="model")
        for node, words in (
            ("n28", "tsmc-n28"),
            ("n16", "tsmc-n16"),
            ("n10", "tsmc-n10"),
            ("n7", "tsmc-n7"),
            ("n5", "tsmc-n5"),
            ("n3b", "tsmc-n3b"),
            ("n5_without_euv", "tsmc-n5 without EUV"),
        )
    ),
    *(
        Field(f"euv_exposures_{node}", f"published: EUV exposures of {words}", ("exposures",), of="model")
        for node, words in (
            ("n5", "tsmc-n5"),
            ("n7plus", "tsmc-n7+"),
            ("n6", "tsmc-n6"),
            ("n3e", "tsmc-n3e"),
            ("n3b", "tsmc-n3b"),
            ("intel4", "intel-4"),
        )
    ),
    Field("masks_ratio_intel4", "published: masks of Intel 4 over Intel 7", ("ratio",), of="model"),
    Field("masks_ratio_7lpp", "published: masks of 7LPP over the same without EUV", ("ratio",), of="model"),
    Field(
        "masks_replaced_n5",
        "published: 193i masks that an EUV exposure of N5 replaces, at least",
        ("masks",),
        of="model",
    ),
    Field("euv_wph_3400c_30", "published: NXE:3400C at 30 mJ/cm2 and 250 W", ("1/h",), of="model"),
)

FIELDS: Final[Mapping[str, Field]] = MappingProxyType({field.name: field for field in _TABLE})


def fields_of(owner: str) -> Mapping[str, Field]:
    """Return the fields that an `owner`, "node", "product", "tool" or "model", can have, by name.

    >>> fields_of("node")["d0"].units
    ('per_cm2',)
    """
    shared = ("both",) if owner in ("node", "product") else ()
    return {field.name: field for field in _TABLE if field.of in (owner, *shared)}


REPLACED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "euv_overhead_s": "each EUV tool's overhead follows from its own throughput, power and dose",
        "d0_per_exposure_per_cm2": "exposure_defect_share says what exposures carry of D0",
        "le3_pitch_nm": "what three exposures reach follows from the pitch of one",
        "k1": "it follows from the pitch of one exposure, the wavelength and the aperture",
        "duv_mask_usd": "masks have a cost by class: arfi_mask_usd is that of a 193i mask",
        "euv_mask_cost_ratio": "masks have a cost by class: euv_mask_usd is that of an EUV mask",
    }
)
"""Figures of the model and of tools of version 0.1, which a file may still state, and what stands for each now."""

TOOL_OPTIONAL: Final = frozenset(
    {
        "le2_pitch_nm",
        "sadp_pitch_nm",
        "via_pitch_nm",
        "field",
        "stated_power_w",
        "stated_dose_mj_per_cm2",
    }
)
"""What a tool need not state: its single exposure says enough, and its throughput is taken as product wafers see it."""
