"""The HTML table that notebooks show."""

from html.parser import HTMLParser

import nodecalc as nc

NASTY = '<script>alert("x")</script> & "quotes"'


class Page(HTMLParser):
    """Collects what a browser would see; a tag that is not closed or not expected is noticed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.rows, self.text = [], set(), [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.add(tag)
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
    rows = {row[0]: row[1:] for row in page.rows[1:]}
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
    assert page.tags <= {"table", "caption", "tr", "td", "th", "p"}
    assert "<b>bold</b>" in page.text


def test_a_memory_node_shows_no_logic_density():
    page = Page(nc.estimate("66.99", node="cxmt-g4", d0_per_cm2=0.1, wafer_price_usd=3000)._repr_html_())
    keys = {row[0] for row in page.rows}
    assert "good_die_cost_usd" in keys
    assert not {"logic_density_mtr_per_mm2", "peak_transistors"} & keys
