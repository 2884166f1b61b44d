"""The pages that notebooks show: well formed, complete, without anybody's markup, legible on light and dark."""

import re
import sys
from base64 import b64decode
from html.parser import HTMLParser

import pytest

import nodecalc as nc

NASTY = '<script>alert("x")</script> & "quotes"'


TAGS = {"div", "span", "table", "caption", "tr", "td", "th", "details", "summary", "strong", "img"}
"""All that a page is made of."""


class Page(HTMLParser):
    """Collects what a browser would see; a tag that is not closed or not expected is noticed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.rows, self.text, self.attributes = [], set(), [], "", []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(tag, *pair) for pair in attrs]
        if tag == "img":
            return
        self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data
        if self.open and self.open[-1] in ("td", "th"):
            self.rows[-1][-1] += data


def test_it_is_well_formed_and_shows_each_number_with_its_unit_and_origin():
    e = nc.estimate("10x10", node="smic-n+3", scribe_mm=0.08)
    page = Page(e._repr_html_())
    assert page.open == []
    rows = {row[0]: row[1:] for row in page.rows}
    assert rows["good_die_cost_usd"][:2] == [f"{e.good_die_cost_usd:.2f}", "USD"]
    assert rows["gross_dies"][0] == str(e.gross_dies)
    assert rows["scribe_mm"][2] == "given"
    assert "estimated" in rows["d0_per_cm2"][2]
    assert "0.6061 to 1.202" in rows["d0_per_cm2"][2]
    assert "e estimated: derived, not published" in page.text
    assert "assumed" not in page.text  # the legend has only marks that occur
    assert repr(e) in page.text


def test_a_catalogue_files_text_cannot_become_markup(tmp_path):
    path = tmp_path / "nasty.toml"
    path.write_text(
        f"""schema = 1
[source.'<b>bold</b>']
title = '{NASTY}'
[node."mine"]
foundry = '{NASTY}'
name = '{NASTY}'
class = "logic"
d0 = {{ value = 0.1, unit = "per_cm2", kind = "measured", source = '<b>bold</b>', note = '{NASTY}' }}
wafer_price = 1000
""",
        encoding="utf-8",
    )
    page = Page(nc.estimate("10x10", node="mine", catalogue=path)._repr_html_())
    assert page.tags <= TAGS - {"img"}
    assert "<b>bold</b>" in page.text


def test_a_memory_node_shows_no_logic_density():
    page = Page(nc.estimate("66.99", node="cxmt-g4", d0_per_cm2=0.1, wafer_price_usd=3000)._repr_html_())
    keys = {row[0] for row in page.rows}
    assert "good_die_cost_usd" in keys
    assert not {"logic_density_mtr_per_mm2", "peak_transistors"} & keys


COUNTED = [{"area_mm2": 100, "dies": 600, "good": 540}, {"area_mm2": 600, "dies": 90, "good": 50}]
ANSWERS = {
    "an estimate": lambda: nc.estimate("10x10", node="tsmc-n5"),
    "a chip": lambda: nc.estimate(chip="h100"),
    "given figures": lambda: nc.estimate(100, d0=0.1, wafer_price=10000),
    "a wafer": lambda: nc.wafer_cost("smic-n+2", without="euv", gross_margin=0.4),
    "a map": lambda: nc.wafer_map("10x10", node="n5"),
    "a map without a node": lambda: nc.wafer_map("10x10"),
    "a fit": lambda: nc.fit(COUNTED, "negative-binomial", free=["d0", "alpha"]),
    "a fit without good dies": lambda: nc.fit([{"area_mm2": 100, "dies": 6, "good": 0}]),
    "a sweep over years": lambda: nc.sweep(100, node=["n5", "n7"], year="2020:2026:7", outputs=["cost", "band"]),
    "a sweep against": lambda: nc.sweep(600, node="smic-n+2", d0="0.01:0.1:9", against="n7", outputs=["cost", "yield"]),
    "a reduced sweep": lambda: nc.sweep(
        100, node="n5", d0="0.01:0.1:30", line_yield="0.5:1:10", reduce=["min", "argmin"], best="cost",
        pareto=["cost", "yield"], outputs=["cost", "yield"],
    ),
    "one point": lambda: nc.sweep(100, node="n5"),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_has_a_page_of_its_own_parts_and_no_colour_of_text(name):
    answer = ANSWERS[name]()
    text = answer._repr_html_()
    page = Page(text)
    assert page.open == []
    assert page.tags <= TAGS
    assert not re.search(r"\b(nan|None)\b", page.text.replace(repr(answer), ""))
    for tag, attribute, value in page.attributes:
        assert attribute in ("style", "src", "alt"), (tag, attribute)
        # What is dark on light must be light on dark: texts keep the colour of the page.
        assert not re.search(r"(?<![-\w])color:(?!inherit)", value), value
    style = {attribute: value for tag, attribute, value in page.attributes if tag == "img"}
    if style:
        assert "background:#fff" in style["style"]
        assert style["src"].startswith(("data:image/png;base64,", "data:image/svg+xml;base64,"))


def test_a_wafers_page_has_its_parts_its_band_and_its_layers():
    w = nc.wafer_cost("tsmc-n5")
    page = Page(w._repr_html_())
    assert f"{w.wafer_cost_usd:,.0f} USD" in page.text
    assert f"P10 {w.wafer_cost_usd_p10:,.0f}" in page.text
    assert f"patterning {w.patterning_usd:,.0f} USD" in page.text
    layers = [row[0] for row in page.rows]
    assert all(row.layer in layers for row in w.rows)
    assert all(penalty.counterfactual in page.text for penalty in w.penalties)


def test_a_sweep_shows_its_picture_and_its_rows():
    s = ANSWERS["a sweep over years"]()
    page = Page(s._repr_html_())
    source = next(value for _, name, value in page.attributes if name == "src")
    assert b64decode(source.partition(",")[2]) == s.plot().content("png")
    assert len(page.rows) == 15
    assert page.rows[0] == ["node", "year", "USD/good die", "P10", "P50", "P90"]
    assert page.rows[1][:2] == ["tsmc-n5", "2020"]


def test_what_takes_long_is_not_worked_out_to_be_shown():
    for s in (
        nc.sweep(100, node="n5", d0="0.01:0.1:50000", line_yield="0.5:1:1000"),
        nc.sweep(node="n5", die_area="10:600:2000", outputs=["cost", "band"]),
    ):
        assert "not worked out yet" in s._repr_html_()
        assert not s.is_filled


def test_a_sweep_that_takes_long_says_how_to_ask_for_it():
    s = nc.sweep(node="n5", die_area="10:600:25000", outputs=["cost", "band"])
    assert "not worked out yet: arrays, plot(), to_pandas()" in Page(s._repr_html_()).text


def test_without_matplotlib_there_are_rows_and_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    s = nc.sweep(100, node=["n5", "n7"], d0="0.05:0.3:6")
    page = Page(s._repr_html_())
    assert "img" not in page.tags
    assert "pip install 'nodecalc[plot]'" in page.text
    assert len(page.rows) == 13
    with pytest.raises(nc.NodecalcError, match="pip install"):
        s.plot()


def test_what_is_assumed_is_a_warning():
    for answer in (nc.estimate(100, node="smic-n+1"), nc.sweep(100, node="smic-n+1", line_yield="0.5:1:3")):
        text = Page(answer._repr_html_()).text
        assert "warning: assumed, as nobody publishes it: D0, wafer price" in text.replace("\n", " ")
    assert "warning:" not in Page(nc.estimate(100, node="tsmc-n5")._repr_html_()).text


def test_a_users_names_cannot_become_markup_in_any_page(tmp_path):
    path = tmp_path / "nasty.toml"
    path.write_text(
        f"""schema = 1
[node."mine"]
foundry = '{NASTY}'
name = '{NASTY}'
class = "logic"
d0 = {{ value = 0.1, unit = "per_cm2", kind = "assumed", note = '{NASTY}' }}
wafer_price = 1000
""",
        encoding="utf-8",
    )
    stack = tmp_path / "stack.toml"
    stack.write_text(
        f"""schema = 1
name = '{NASTY}'
[[layer]]
name = '{NASTY}'
feature = "line"
scheme = "se"
tool = "arfi"
pitch_nm = 80
""",
        encoding="utf-8",
    )
    for answer in (
        nc.sweep(100, node=["mine", "n5"], d0=[0.1, 0.2], catalogue=path),
        nc.wafer_map("10x10", node="mine", catalogue=path),
        nc.wafer_cost(stack=stack),
    ):
        assert Page(answer._repr_html_()).tags <= TAGS
