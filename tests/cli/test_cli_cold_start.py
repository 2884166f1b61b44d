"""What one command loads, and what completion in a shell offers."""

import json
import subprocess
import sys

import pytest

NEVER = {"numpy", "numba", "pydantic", "scipy"}
# rich is drawn only on a terminal; the rest of the table needs none of it.
NOT_IN_A_PIPE = NEVER | {"rich"}


def modules_after(environment, words):
    code = (
        "import sys, json\nfrom nodecalc.cli.program import run\n"
        f"code = run({list(words)!r})\nprint('\\n' + json.dumps([code, sorted(sys.modules)]))"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    code, names = json.loads(done.stdout.splitlines()[-1])
    return code, set(names)


@pytest.mark.parametrize(
    "words",
    [("die", "10x10", "-n", "tsmc-n5"), ("die", "10x10", "-n", "smic-n+3", "--explain"),
     ("die", "100", "-n", "n5", "-f", "json"), ("die", "--chip", "kirin-9000s"), ("nodes",), ("chips",), ("models",),
     ("sources",), ("--help",), ("--version",), ("wafer", "tsmc-n5"), ("patterning", "36"),
     ("die", "100", "-n", "tsmc-n5", "--wafer-basis", "cost", "--without", "euv")],
    ids=" ".join,
)  # fmt: skip
def test_a_command_loads_neither_numpy_nor_numba_nor_pydantic_nor_rich(child_environment, words):
    code, names = modules_after(child_environment, words)
    assert code == 0
    assert not names & NOT_IN_A_PIPE


def test_a_mistake_is_answered_without_them_too(child_environment):
    code, names = modules_after(child_environment, ("die", "100", "-n", "nope"))
    assert code == 2
    assert not names & NOT_IN_A_PIPE


def complete(program, *words, shell="complete_bash"):
    line = " ".join(("nodecalc", *words))
    return program(
        env={
            "_NODECALC_COMPLETE": shell,
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words)),
            "_TYPER_COMPLETE_ARGS": line,
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        }
    )


@pytest.mark.parametrize(
    ("words", "offered", "not_offered"),
    [
        (("die", "10x10", "-n", "smic-"), {"smic-n+1", "smic-n+2", "smic-n+3"}, {"tsmc-n5"}),
        (("die", "10x10", "--node", "tsmc-n5"), {"tsmc-n5"}, {"tsmc-n7"}),
        (("nodes", "tsmc-n"), {"tsmc-n5", "tsmc-n7+"}, {"smic-n+2"}),
        (("chips", "kirin-90"), {"kirin-9000s"}, {"apple-m1"}),
        (("chips", "-n", "intel-1"), {"intel-18a", "intel-14"}, set()),
        (("die", "--chip", "apple-m"), {"apple-m1"}, {"apple-a14"}),
        (("die", "10x10", "--model", "m"), {"murphy", "moore"}, {"poisson"}),
        (("die", "10x10", "--placement", "de-"), {"de-vries-exp"}, {"best"}),
        (("die", "10x10", "-f", "j"), {"json"}, {"csv"}),
        (("sources", "cset"), {"cset_2020"}, set()),
        (("wafer", "tsmc-n5", "--tools", "arfi,eu"), {"arfi,euv", "arfi,euv3800"}, {"arfi,hna"}),
        (("wafer", "tsmc-n5", "--without", "eu"), {"euv", "euv3800"}, {"hna"}),
        (("sweep", "100", "--over", "arfi_sc"), {"arfi_scanner_price_usd="}, {"arfi_availability="}),
        (("d",), {"die"}, {"nodes"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_completion_offers_what_can_be_written_there(program, words, offered, not_offered):
    done = complete(program, *words)
    assert done.err == ""
    lines = set(done.out.split())
    assert offered <= lines
    assert not not_offered & lines
    assert all(line.startswith(words[-1]) for line in lines)


def test_completion_of_other_shells_offers_nodes_too(program):
    for shell in ("complete_zsh", "complete_fish"):
        done = complete(program, "die", "10x10", "-n", "smic-", shell=shell)
        assert done.err == ""
        assert "smic-n+3" in done.out


def test_completion_can_be_shown(program):
    done = program("--show-completion", "bash")
    assert "Traceback" not in done.err


def test_what_only_a_rare_way_needs_is_loaded_there_alone(child_environment):
    rare = {"nodecalc.question.money", "nodecalc.question.rates", "nodecalc.cli.help"}
    assert not rare & modules_after(child_environment, ("die", "100", "-n", "n5"))[1]
    assert not rare & modules_after(child_environment, ("wafer", "n5", "--compare", "n7"))[1]
    priced = modules_after(child_environment, ("die", "100", "-n", "n5", "--wafer-price", "9kCNY", "--rate", "CNY=7"))
    assert priced[0] == 0
    assert {"nodecalc.question.money", "nodecalc.question.rates"} <= priced[1]
    assert "nodecalc.cli.help" in modules_after(child_environment, ("die", "--help"))[1]
