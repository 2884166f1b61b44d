"""The one rule that turns figures into a range."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nodecalc_seeds
from nodecalc.catalogue import KIND_FACTOR, KINDS, Figure, Range, figure_range, load_catalogue
from nodecalc.catalogue.figure import PITCH_FACTOR


def d0(value, low=None, high=None, kind="reported", field="d0", **rest) -> Figure:
    return Figure(field, value, "per_cm2", low, high, kind, "x", 2025, **rest)


def test_kinds_are_ordered_from_best_to_worst():
    assert list(KIND_FACTOR) == list(KINDS)
    assert sorted(KIND_FACTOR.values()) == list(KIND_FACTOR.values())


@pytest.mark.parametrize(("kind", "factor"), KIND_FACTOR.items())
def test_a_figure_with_neither_range_nor_rival_takes_the_factor_of_its_kind(kind, factor):
    found = figure_range([d0(0.1, kind=kind)])
    assert found[:3] == pytest.approx((0.1 / factor, 0.1, 0.1 * factor))
    assert found.basis == f"a factor {factor:g} each way for {kind}"


def test_lengths_in_nm_are_known_better_than_money_and_yields():
    pitch = Figure("cpp", 50, "nm", None, None, "reported", "x", 2025)
    assert figure_range([pitch])[:3] == pytest.approx((50 / 1.1, 50, 55))
    assert all(factor <= KIND_FACTOR[kind] for kind, factor in PITCH_FACTOR.items())


def test_the_sources_own_range_is_taken_where_there_is_no_rival():
    assert figure_range([d0(0.1, 0.08, 0.15)]) == Range(0.08, 0.1, 0.15, "source's range")


def test_a_range_with_one_end_ends_at_the_value_and_one_of_ours_says_so():
    assert figure_range([d0(0.1, low=0.08)]) == Range(0.08, 0.1, 0.1, "source's range")
    assert figure_range([d0(0.1, high=0.15)]) == Range(0.1, 0.1, 0.15, "source's range")
    assert figure_range([d0(0.1, 0.08, 0.15, kind="assumed")]) == Range(0.08, 0.1, 0.15, "our range")


def test_a_range_that_ends_at_the_whole_is_the_sources_own():
    share = Figure("availability", 0.9, "", 0.8, 1.0, "reported", "x", 2025)
    assert figure_range([share]) == Range(0.8, 0.9, 1.0, "source's range")
    assert figure_range([share, share._replace(value=0.8, low=0.8, high=1.0)]).basis == "source's range"


def test_factors_are_those_that_the_readme_of_the_data_states():
    text = " ".join((Path(nodecalc_seeds.__file__).parent / "README.md").read_text(encoding="utf-8").split())
    said = ", ".join(f"{kind} {factor:.2f}" for kind, factor in KIND_FACTOR.items())
    lengths = ", ".join(f"{factor:.2f}" for factor in PITCH_FACTOR.values())
    assert f"({said}; lengths in nm {lengths};" in text
    for kind, factor in KIND_FACTOR.items():
        assert figure_range([d0(1.0, kind=kind)]).high == float(f"{factor:.2f}")
        nm = Figure("cpp", 1.0, "nm", None, None, kind, "x", 2025)
        assert figure_range([nm]).high == float(f"{PITCH_FACTOR[kind]:.2f}")


def test_a_range_stated_as_exact_stays_exact():
    assert figure_range([d0(0.1, 0.1, 0.1)]) == Range(0.1, 0.1, 0.1, "source's range")


def test_rivals_widen_the_range_with_their_own_ranges():
    assert figure_range([d0(0.1, 0.08, 0.15), d0(0.05, 0.04, 0.2)]) == Range(
        0.04, 0.1, 0.2, "source's range, other sources"
    )


def test_rivals_inside_the_own_range_change_nothing():
    assert figure_range([d0(0.1, 0.05, 0.15), d0(0.12)]) == Range(0.05, 0.1, 0.15, "source's range")


def test_the_marked_figure_is_the_value_wherever_it_stands():
    assert figure_range([d0(0.2), d0(0.1, 0.1, 0.1, prefer=True)]) == Range(
        0.1, 0.1, 0.2, "source's range, other sources"
    )


def test_a_figure_that_is_no_rival_does_not_widen_the_range():
    found = figure_range([d0(0.1), d0(0.06), d0(1.27, span=False)])
    assert found[:3] == pytest.approx((0.06, 0.1, 0.145))
    assert found.basis == "a factor 1.45 each way for reported, other sources"
    assert figure_range([d0(0.1), d0(1.27, span=False)]) == figure_range([d0(0.1)])


def test_a_second_source_never_makes_a_figure_more_certain_than_one_alone():
    alone = figure_range([d0(0.1)])
    for second in (0.05, 0.0999, 0.1001, 0.11, 0.2):
        both = figure_range([d0(0.1), d0(second)])
        assert both.low <= alone.low < 0.1 < alone.high <= both.high


def test_sources_that_agree_exactly_do_not_make_a_figure_exact():
    assert figure_range([d0(0.1), d0(0.1)]) == figure_range([d0(0.1)])


def test_a_year_or_a_wafer_diameter_has_no_default_width():
    assert figure_range([d0(2025, field="volume_year")]) == Range(2025, 2025, 2025, "nominal")
    assert figure_range([d0(300, field="wafer_diameter")]) == Range(300, 300, 300, "nominal")


def test_a_text_has_no_range():
    with pytest.raises(TypeError, match="diffusion_break is a text"):
        figure_range([d0("single", field="diffusion_break")])


@pytest.mark.parametrize(
    ("node", "field", "low", "value", "high"),
    [
        ("cxmt-g3", "bit_density", 0.17, 0.175, 0.18),  # without the legacy product
        ("smic-n+3", "density", 73.16129, 113.4, 175.77),  # estimated: a factor 1.55 holds 110 to 125
        ("smic-n+2", "cell_height_hd", 227.27273, 250, 275),  # a length
    ],
)
def test_ranges_of_built_in_figures(node, field, low, value, high):
    assert load_catalogue().node(node).range(field)[:3] == pytest.approx((low, value, high))


def test_every_number_of_the_catalogue_has_a_range_in_order_and_above_zero_where_it_must_be():
    catalogue = load_catalogue()
    for entry in (*catalogue.nodes(), *catalogue.products()):
        for field in entry.figures:
            if isinstance(entry.preferred(field).value, str):
                continue
            found = entry.range(field)
            assert found.low <= found.value <= found.high
            assert found.low > 0 or found.value == 0, (entry.id, field)


POSITIVE = st.floats(1e-6, 1e6)


@st.composite
def figures(draw):
    value = draw(POSITIVE)
    own = draw(st.booleans())
    low = draw(st.floats(1e-7, value)) if own else None
    high = draw(st.floats(value, 1e7)) if own else None
    return d0(value, low, high, draw(st.sampled_from(KINDS)), prefer=draw(st.booleans()), span=draw(st.booleans()))


@given(st.lists(figures(), min_size=1, max_size=5))
def test_a_range_of_positive_figures_holds_the_value_and_all_rivals_and_stays_above_zero(several):
    found = figure_range(several)
    assert 0 < found.low <= found.value <= found.high
    chosen = next((figure for figure in several if figure.prefer), several[0])
    assert found.value == chosen.value
    for figure in several:
        if figure.span:
            assert found.low <= (figure.low or figure.value)
            assert found.high >= (figure.high or figure.value)


@given(st.lists(figures(), min_size=2, max_size=5), st.randoms())
def test_the_order_of_the_rivals_does_not_matter(several, random):
    first, *rest = [figure._replace(prefer=False) for figure in several]
    mixed = rest[:]
    random.shuffle(mixed)
    assert figure_range([first, *rest]) == figure_range([first, *mixed])
