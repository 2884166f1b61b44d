"""What people read is what machines read: each printed number is within half a per cent of the JSON's.

More than nothing is never printed as nothing, less than all never as all. `HYPOTHESIS_PROFILE=deep` asks 10,000 random
questions; otherwise there are fewer.
"""

import os
import random

import pytest

import nodecalc as nc
from nodecalc.errors import NodecalcError
from nodecalc.question.choices import VALUES
from nodecalc.render.reports.die import die_report
from nodecalc.render.reports.sweep import rows_report
from nodecalc.render.reports.wafer import wafer_report
from nodecalc.vocabulary import QUANTITIES

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
DIES = 9000 if DEEP else 2500
SWEEPS = 700 if DEEP else 40
WAFERS = 300 if DEEP else 25
NODES = [node.id for node in nc.load_catalogue().nodes()]
CLOSED = [p for p in VALUES["placement"] if p not in ("best", "free-rows", "center-die", "center-corner")]
MODELS = [m for m in VALUES["yield_model"] if m != "bose-einstein"]
STACKED = ["tsmc-n28", "tsmc-n16", "tsmc-n7", "tsmc-n5", "tsmc-n3e", "smic-n+2", "smic-n+3", "intel-7"]


def log_between(rng, low, high):
    return low * (high / low) ** rng.random()


def question(rng):
    """Return the inputs of a random die: from dust to the field, from clean to hopeless."""
    asked = {
        "die_area_mm2": log_between(rng, 0.003, 850.0),
        "yield_model": rng.choice(MODELS),
        "placement": rng.choice(CLOSED),
        "line_yield": log_between(rng, 1e-3, 1.0),
        "systematic_yield": rng.choice((1.0, 1.0 - log_between(rng, 1e-9, 0.5))),
    }
    if rng.random() < 0.6:
        asked["d0_per_cm2"] = log_between(rng, 1e-4, 9.0)
    if rng.random() < 0.6:
        asked["wafer_price_usd"] = log_between(rng, 1.0, 1e7)
    if rng.random() < 0.3:
        total = rng.randint(2, 144)
        need = rng.randint(1, total)
        asked |= {"harvest": f"{need}/{total}", "yield_model": rng.choice(("murphy", "negative-binomial", "poisson"))}
        if rng.random() < 0.5:
            del asked["harvest"]
            asked["bins"] = f"full={total}:{rng.randint(1, 40000)}" + (
                f",cut={need}:{rng.randint(1, 999)}" if need < total else ""
            )
    return asked


def read(text):
    """Return the number that a cell shows, without its marks and its unit."""
    word = text.split()[0].replace(",", "")
    assert not word.startswith(">") or word == ">99.9999%", text
    return float(word.strip("%>").removesuffix("x")) / (100.0 if "%" in word else 1.0)


def agrees(text, value, share=False):
    """Check one cell against the number behind it."""
    if value is None:
        assert text == "-"
        return
    printed = read(text)
    assert printed == pytest.approx(value, rel=0.00501, abs=0.0), (text, value)
    assert (printed > 0.0) == (value > 0.0), (text, value)
    if (share or "%" in text) and 0.0 < value < 1.0:
        assert printed < 1.0, (text, value)
        assert not text.startswith("100"), (text, value)


def table_agrees(report, row_of):
    heads = {}
    for key, q in QUANTITIES.items():
        heads.setdefault(q.column, []).append(key)
    table = report.tables[0]
    found = 0
    for cells, row in zip(table.cells, row_of, strict=True):
        for column, text in zip(table.columns, cells, strict=True):
            keys = [key for key in heads.get(column.head, ()) if key in row]
            if column.head in ("node", "year", "x first") or len(keys) != 1 or isinstance(row[keys[0]], str):
                continue
            agrees(text, row[keys[0]], QUANTITIES[keys[0]].is_share)
            found += 1
    return found


def test_a_die_is_printed_as_it_is_in_json():
    rng = random.Random(20261126)
    catalogue = nc.load_catalogue()
    checked = 0
    for _ in range(DIES):
        try:
            answer = nc.estimate(node=rng.choice(NODES), catalogue=catalogue, **question(rng))
        except NodecalcError:
            continue  # no good die, or a node without figures
        report = die_report([answer], catalogue, False)
        (row,) = report.rows
        assert table_agrees(report, [row]) >= 5
        columns = [column.head for column in report.tables[0].columns]
        band = report.tables[0].cells[0][columns.index("P10-P90")]
        low, high = row["good_die_cost_usd_p10"], row["good_die_cost_usd_p90"]
        if low is not None and "e" not in band:
            for text, value in zip(band.split("-"), (low, high), strict=True):
                agrees(text, value)
        for table in report.tables[1:3]:
            if [c.head for c in table.columns][1:3] == ["bin", "units needed"]:
                for cells in table.cells:
                    share = answer.bins[cells[1]]
                    agrees(cells[3], share, share=True)
                    agrees(cells[4], share * answer.gross_dies)
            elif "sellable" in [c.head for c in table.columns]:
                texts = dict(zip([c.head for c in table.columns], table.cells[0], strict=True))
                agrees(texts["all good"], answer.die_yield, share=True)
                for key in ("sellable_yield", "sellable_dies", "sellable_die_cost_usd"):
                    agrees(texts[QUANTITIES[key].column], row[key], QUANTITIES[key].is_share)
        checked += 1
    assert checked > DIES / 2


def test_a_sweep_is_printed_as_it_is_in_json():
    rng = random.Random(7)
    outputs = ["die_yield", "good_dies", "gross_dies", "mean_faults", "die_cost_usd", "good_die_cost_usd"]
    for _ in range(SWEEPS):
        low, area = log_between(rng, 1e-4, 1.0), log_between(rng, 0.01, 800.0)
        swept = nc.sweep(
            area,
            node=rng.choice(STACKED),
            placement=rng.choice(CLOSED),
            yield_model=rng.choice(MODELS),
            d0_per_cm2=[low, low * 3, low * 9],
            line_yield=[log_between(rng, 1e-3, 0.5), 1.0],
            outputs=outputs,
        )
        report = rows_report(swept, "table")
        assert table_agrees(report, report.rows) >= 6 * len(outputs)


def test_a_wafer_is_printed_as_it_is_in_json():
    rng = random.Random(11)
    for _ in range(WAFERS):
        power, dose = log_between(rng, 60.0, 900.0), log_between(rng, 15.0, 90.0)
        wafer = nc.wafer_cost(rng.choice(STACKED), euv_source_power_w=power, euv_dose_mj_per_cm2=dose)
        report = wafer_report(wafer, None, None, False, True, None, ())
        texts = dict(zip([c.head for c in report.tables[0].columns], report.tables[0].cells[0], strict=True))
        for head, key in (
            ("wafer USD", "wafer_cost_usd"), ("process", "process_usd"), ("patterning", "patterning_usd"),
            ("masks", "masks"), ("EUV", "euv_exposures"),
        ):  # fmt: skip
            agrees(texts[head], getattr(wafer, key))
        for text, value in zip(
            texts["P10-P90"].split("-"), (wafer.wafer_cost_usd_p10, wafer.wafer_cost_usd_p90), strict=True
        ):
            agrees(text, value)
        penalties = next(t for t in report.tables if t.columns[0].head == "penalty")
        for cells, p in zip(penalties.cells, wafer.penalties, strict=True):
            for text, value in zip(cells[1:5], (p.value, p.p10, p.p50, p.p90), strict=True):
                assert read(text) == pytest.approx(value, rel=0.00501), (text, value)
        layers = next(t for t in report.tables if t.columns[0].head == "layer")
        for cells, row in zip(layers.cells, report.rows, strict=False):
            agrees(cells[-1], row["share"], share=True)
            agrees(cells[-2], row["usd"])
            agrees(cells[-3], row["usd_each"])
