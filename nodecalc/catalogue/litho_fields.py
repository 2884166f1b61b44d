"""What figures an exposure tool and the wafer-cost model can have: name, unit, sort of value and meaning, in one table.

Validation of files and every display of these figures walk this table; there is no second list.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from nodecalc.catalogue.fields import Field
from nodecalc.catalogue.figure import Figure, Range, figure_range, preferred_figure
from nodecalc.catalogue.names import shown
from nodecalc.catalogue.schema import Checker, str_of, type_name

AMOUNT: Final = "amount"
"""Sort of a number that may be zero, unlike a plain number."""

_TOOL: Final = (
    Field("wavelength_nm", "wavelength in vacuum", ("nm",), of="tool", nominal=True),
    Field("numerical_aperture", "numerical aperture of the projection optics", ("",), of="tool", nominal=True),
    Field("scanner_price_usd", "price of one scanner", ("USD",), AMOUNT, of="tool"),
    Field("track_price_usd", "price of the track that coats and develops for it", ("USD",), AMOUNT, of="tool"),
    Field("throughput_wph", "wafers exposed an hour, one pass each", ("1/h",), of="tool"),
    Field("availability", "share of the hours in which the tool is fit to expose", ("",), of="tool", upper=1),
    Field("tool_utilisation", "share of those hours in which it exposes", ("",), of="tool", upper=1),
    Field("consumables_usd", "resist and other material of one pass", ("USD",), AMOUNT, of="tool"),
    Field("fixed_usd_per_year", "other cost of the tool: space, power, people", ("USD/year",), AMOUNT, of="tool"),
    Field("single_pitch_nm", "tightest pitch of lines in one exposure", ("nm",), of="tool"),
    Field("le2_pitch_nm", "tightest pitch of lines practised with two exposures", ("nm",), of="tool"),
    Field("le3_pitch_nm", "tightest pitch of lines practised with three exposures", ("nm",), of="tool"),
    Field("via_pitch_nm", "tightest distance of holes, centre to centre, in one exposure", ("nm",), of="tool"),
    Field("k1", "Rayleigh's k1 at the tightest pitch of lines in one exposure", ("",), of="tool"),
)

_MODEL: Final = (
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
    Field("euv_source_power_w", "power of the EUV source at intermediate focus", ("W",), of="model"),
    Field("euv_dose_mj_per_cm2", "dose of an EUV exposure", ("mJ/cm2",), of="model", nominal=True),
    Field("euv_overhead_s", "time a wafer takes on an EUV scanner beside exposing", ("s",), AMOUNT, of="model"),
    Field("euv_exposed_area_cm2", "area exposed on a wafer", ("cm2",), of="model", nominal=True),
    Field("euv_efficiency", "share of the EUV source power that ends as dose", ("",), of="model", upper=1),
    Field(
        "d0_per_exposure_per_cm2", "fatal defects that one more 193i exposure adds", ("per_cm2",), AMOUNT, of="model"
    ),
    Field("days_per_mask", "days of cycle time a mask layer takes", ("days",), AMOUNT, of="model"),
    Field("euv_mask_cost_ratio", "cost of an EUV mask over a 193i mask", ("",), of="model"),
    Field("duv_mask_usd", "cost of one 193i mask", ("USD",), AMOUNT, of="model"),
    Field("high_na_cost_ratio", "published: one High-NA exposure over one at 0.33 NA", ("ratio",), of="published"),
    Field("litho_share_n7", "published: lithography's share of a 7 nm wafer's cost", ("fraction",), of="published"),
    Field("litho_share_n5", "published: lithography's share of a 5 nm wafer's cost", ("fraction",), of="published"),
    Field("reference_wafer_n16_usd", "published: cost of a tsmc-n16 wafer", ("USD",), of="published"),
    Field("reference_wafer_n5_usd", "published: cost of a tsmc-n5 wafer", ("USD",), of="published"),
    Field("masks_n16", "published: masks of tsmc-n16", ("masks",), of="published"),
    Field("masks_n7", "published: masks of tsmc-n7", ("masks",), of="published"),
    Field("masks_n5", "published: masks of tsmc-n5", ("masks",), of="published"),
    Field("masks_n5_without_euv", "published: masks that tsmc-n5 would have without EUV", ("masks",), of="published"),
    Field("euv_exposures_n5", "published: EUV exposures of tsmc-n5", ("exposures",), of="published"),
)

TOOL_FIELDS: Final[Mapping[str, Field]] = MappingProxyType({field.name: field for field in _TOOL})

MODEL_FIELDS: Final[Mapping[str, Field]] = MappingProxyType({field.name: field for field in _MODEL})
"""`of` is "model" for what the cost is worked out from, "published" for what it is only set against."""

_FIELDS: Final = {**TOOL_FIELDS, **MODEL_FIELDS}

TOOL_OPTIONAL: Final = frozenset({"le2_pitch_nm", "le3_pitch_nm", "via_pitch_nm", "k1"})
"""What a tool need not state: its single exposure says enough."""


def litho_range(figures: tuple[Figure, ...]) -> Range:
    """Return value and range that the alternatives of one field of a tool or the model imply.

    As `figure_range`, with the fields of this table: nominal ones have no width, and no share is let above 1 by the
    half-width of its kind.
    """
    field = _FIELDS.get(figures[0].field)
    chosen = preferred_figure(figures)
    if field is not None and field.nominal and chosen.low is None:
        return Range(chosen.number, chosen.number, chosen.number, "nominal")
    found = figure_range(figures)
    if field is not None and field.upper is not None and found.high > field.upper:
        return Range(found.low, found.value, float(field.upper), f"{found.basis}, at most {field.upper:g}")
    return found


class LithoChecker(Checker):
    """Checks the figures of tools and of the model as those of a node are checked."""

    def stated(
        self, place: str, table: Mapping[str, Any], fields: Mapping[str, Field], also: tuple[str, ...] = ()
    ) -> dict[str, tuple[Figure, ...]]:
        """Return by field the figures that `table` states beside the keys `also`."""
        self.keys(place, table, (*also, *fields), "field")
        return {
            name: self._field(f"{place} {name}", fields[name], raw, False)
            for name, raw in table.items()
            if name not in also
        }

    def whole(self, place: str, raw: object, least: int, greatest: int) -> int:
        """Return `raw` if it is a whole number within least..greatest."""
        if isinstance(raw, bool) or not isinstance(raw, int):
            what = str(raw) if isinstance(raw, float) else type_name(raw)
            raise self.error(place, f"is {what}; must be a whole number")
        if not least <= raw <= greatest:
            allowed = f"{least} to {greatest}"
            raise self.error(place, f"{shown(str_of(raw))} is not allowed; must be a whole number, {allowed}")
        return raw

    def positive(self, place: str, raw: object, unit: str) -> float:
        """Return `raw` if it is a finite number above 0."""
        return float(self._number(place, Field("", "", (unit,)), raw))

    def _number(self, place: str, field: Field, raw: object) -> float | int:
        # Bounds of a range are checked as plain numbers, which must be above 0; an amount may be 0, and so may they.
        own = _FIELDS.get(field.name, field)
        if own.sort != AMOUNT:
            return super()._number(place, field, raw)
        number = super()._number(place, field._replace(sort=AMOUNT), raw)
        if number < 0:
            raise self.error(place, f"{shown(str_of(number))} is not allowed; must be 0 or more")
        return number
