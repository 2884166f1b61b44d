"""Carriers of a system: interposers, redistribution layers, substrates; by their price or by their scheme."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from nodecalc.catalogue.systems import Part, table_figure
from nodecalc.drivers.estimate import Estimate
from nodecalc.errors import InputError, MissingFigureError, unknown
from nodecalc.question.ledger import UsedFigure
from nodecalc.vocabulary.package import PART_KEYS as KEYS
from nodecalc_kernels.defects.faults import mean_faults
from nodecalc_kernels.defects.yields import negative_binomial
from nodecalc_kernels.package.assembly import per_good, power, share_out, times

from .reading import JOINED, Line, Reader
from .schemes import FOOTPRINT, SCHEMES, Scheme, carriers_on

DEFAULT_ALPHA: Final = 2.0
"""Clustering of a carrier's defects where nothing says it, as of dies."""


class Carriers(Reader):
    """Puts carriers in."""

    dies: dict[str, Estimate]

    def carrier(self, part: Part, first: bool) -> str | None:
        """Put a carrier in; of one that is made on the dies return the key of its yield."""
        values = self.read(part)
        own = part.own
        scheme = self._scheme(part, values)
        first = first or (scheme is not None and scheme.first)
        ways = [key for key in ("carrier_usd", "carrier_wafer_usd", "usd_per_mm2") if key in values]
        if len(ways) != 1:
            said = "several prices" if ways else "no price"
            raise MissingFigureError(
                f"{self.entry.id}: {part.label} has {said}: give one of usd, usd_per_wafer with units_per_wafer, "
                "usd_per_mm2 with area_mm2"
            )
        joined = str(values.pop("joined", JOINED[0]))
        if joined not in JOINED:
            raise InputError(f"{self.entry.id}: {part.label}: joined '{joined}': allowed: {', '.join(JOINED)}")
        count, good = self.put(part, values, "part_count", "carrier_yield")
        if "carrier_d0_per_cm2" in values:
            good = self._carrier_yield(part, values)
        if ways[0] == "carrier_usd":
            (raw,) = self.put(part, values, "carrier_usd")
            what = "ready"
        else:
            beside = {"carrier_wafer_usd": "units_per_carrier_wafer", "usd_per_mm2": "carrier_area_mm2"}[ways[0]]
            if beside not in values:
                short = next(name for name, key in KEYS["carrier"].items() if key == beside)
                raise MissingFigureError(f"{self.entry.id}: {part.label}: give --set {part.label}.{short}=...")
            price, amount = self.put(part, values, ways[0], beside)
            per_wafer = ways[0] == "carrier_wafer_usd"
            raw = self.stage(f"{own}__raw_usd", share_out if per_wafer else times, price, amount)
            what = (
                f"{self.numbers[price]:,.0f} USD a wafer of {self.numbers[amount]:g}"
                if per_wafer
                else f"{self.numbers[amount]:,.0f} mm2 at {self.numbers[price]:.3g} USD/mm2"
            )
        each = raw if first else self.stage(f"{own}__good_usd", per_good, raw, good)
        in_unit = self.stage(f"{own}__unit_usd", times, count, each)
        self.lines.append(Line(part.label, what, in_unit, self.numbers[count], each, good))
        if joined == JOINED[1]:
            self.late.append(in_unit)
        return self.stage(f"{own}__all_good", power, good, count) if first else None

    def _scheme(self, part: Part, values: dict[str, Any]) -> Scheme | None:
        """Fill in what a carrier's scheme says and its table does not."""
        name, panel = values.pop("scheme", None), values.pop("panel", None)
        if name is None:
            if panel is not None:
                raise InputError(f"{self.entry.id}: {part.label}: panel without a scheme; add scheme = 'fan-out'")
            return None
        scheme = SCHEMES.get(str(name).strip().lower())
        if scheme is None:
            raise unknown("scheme", str(name), SCHEMES)
        row = scheme

        def take(key: str, figure: str) -> None:
            if key not in values:
                values[key] = self.figure(part, key, table_figure(f"packages/{row.group}/{figure}", self.catalogue))

        area = values.get("carrier_area_mm2")
        if area is None:
            factor = "substrate_area_factor" if not scheme.by_wafer else "area_factor"
            take("carrier_area_factor", factor)
            times_ = values["carrier_area_factor"]
            silicon, said = self._footprint(scheme.by_wafer)
            area = (times_.value if isinstance(times_, UsedFigure) else times_) * silicon
            values["carrier_area_mm2"] = area
            self.notes[
                f"{part.name}: {area:,.0f} mm2, {area / silicon:.3g} times {said}; --set {part.label}.area_mm2=X"
            ] = None
        elif isinstance(area, UsedFigure):
            area = area.value
        if not scheme.by_wafer:
            if panel is not None:
                raise InputError(
                    f"{self.entry.id}: {part.label}: panel with scheme {scheme.key}, which is priced by area"
                )
            take("usd_per_mm2", "substrate_cost")
        else:
            if panel is not None and "carrier_wafer_usd" not in values:
                raise MissingFigureError(
                    f"{self.entry.id}: {part.label}: nobody publishes what a panel costs; give --set "
                    f"{part.label}.usd_per_wafer=X (USD a panel)"
                )
            take("carrier_wafer_usd", "wafer_cost")
            take("carrier_d0_per_cm2", "d0")
            take("carrier_alpha", "alpha")
            if "units_per_carrier_wafer" not in values:
                values["units_per_carrier_wafer"] = carriers_on(
                    area, None if panel is None else str(panel), self.catalogue
                )
        if "bond_yield" not in self.assembly:
            path = f"packages/{scheme.group}/bond_yield"
            assembly = Part("assembly", "", {})
            self.assembly["bond_yield"] = self.figure(assembly, "bond_yield", table_figure(path, self.catalogue))
        return scheme

    def _footprint(self, with_stacks: bool) -> tuple[float, str]:
        """Return the area of the dies, and of the memory stacks beside them, mm2, and what it is of."""
        area = sum(
            found.inputs.die.area_mm2 * self.numbers[f"{Part('die', name, {}).own}__part_count"]
            for name, found in self.dies.items()
        )
        stacks = sum(self.numbers[f"{p.own}__stacks"] for p in self.entry.of("memory"))
        if not (with_stacks and stacks):
            return area, "the dies"
        each = table_figure(FOOTPRINT, self.catalogue).range.value
        return area + stacks * each, f"the dies and {stacks:g} memory stacks of {each:g} mm2"

    def _carrier_yield(self, part: Part, values: Mapping[str, Any]) -> str:
        """Put the yield of a carrier in, by its defects, and return its key."""
        if "carrier_yield" in values:
            raise InputError(f"{self.entry.id}: {part.label}: yield and d0; give one of them")
        if "carrier_area_mm2" not in values:
            raise MissingFigureError(f"{self.entry.id}: {part.label}: d0 without an area; give area_mm2")
        own = part.own
        alpha = values.get("carrier_alpha", DEFAULT_ALPHA)
        area, d0, shape = self.put(
            part, {**values, "carrier_alpha": alpha}, "carrier_area_mm2", "carrier_d0_per_cm2", "carrier_alpha"
        )
        faults = self.stage(f"{own}__faults", mean_faults, area, "once", d0)
        return self.stage(f"{own}__yield", negative_binomial, faults, shape)
