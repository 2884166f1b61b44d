"""`nodecalc claims`: every answer is alive, true to its words, and what its commands print."""

import shlex

import pytest

from nodecalc.catalogue import Catalogue
from nodecalc.catalogue.claims import STATUSES, claims
from nodecalc.systems.claims import answered, carry_out

IDS = list(claims())
COMMANDS = sorted({words for claim in claims().values() for words in claim.run.values()})


def test_all_claims_are_there():
    assert len(IDS) == 31
    known = Catalogue()
    for claim in claims().values():
        assert claim.status in STATUSES
        assert known.source(claim.seed)
        assert claim.run or claim.figure
        assert claim.check, claim.id


@pytest.mark.parametrize("id_", IDS)
def test_an_answer_holds_and_quotes_numbers(id_):
    (found,) = answered(id_)
    assert found.holds, {place: found.number(place) for place in found.claim.check}
    assert any(c.isdigit() for c in found.answer)
    assert "nan" not in found.answer
    assert "{" not in found.answer


@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_prints_the_numbers_that_its_claim_quotes(cli, words):
    done = cli(*shlex.split(words), "-f", "json")
    assert done.code == 0, done.err
    answer = done.json
    printed = answer.get("wafer") or answer["rows"][0]
    row = carry_out(words, Catalogue())
    shared = [key for key in row if key in printed and isinstance(row[key], float)]
    assert len(shared) >= 4
    for key in shared:
        assert printed[key] == pytest.approx(row[key], rel=1e-12), key


def test_a_figure_without_a_command_is_no_command_and_good_packages_are_not_all(good):
    said = " ".join(good("claims", "half-by-2024").out.split())
    assert "no command: 820,000, local_cards_2024 of [market.china_ai] in nodecalc's capacity.toml" in said
    (found,) = answered("cxmt-hbm")
    assert "15,625 good packages of eight a month of 20,833 begun" in found.answer


def test_one_claim_shows_its_commands_and_all_are_listed(good):
    said = good("claims", "ascend-volume").out
    assert "nodecalc capacity 21.32x31.22" in said
    assert "15,686" in said
    rows = good("claims", "-f", "json").json["rows"]
    assert [row["id"] for row in rows] == IDS
    some = good("claims", "--status", "contradicted", "-f", "json").json["rows"]
    assert {row["status"] for row in some} == {"contradicted"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ascend-volum",), "unknown claim 'ascend-volum'; nearest: ascend-volume"),
        (("--status", "true"), "unknown status 'true'"),
        (("ascend-volume", "--status", "open"), "leave one of them out"),
    ],
)
def test_bad_questions_get_one_line(cli, words, said):
    done = cli("claims", *words)
    assert done.code == 2
    assert said in done.err
