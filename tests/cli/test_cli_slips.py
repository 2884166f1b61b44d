"""Slips of the command line are answered with the line to type, and that line works."""

import shlex
import sys

import pytest

from nodecalc.cli.slips import spelled
from nodecalc.cli.typed import build
from nodecalc.vocabulary import QUANTITIES

SLIPS = {
    "die n5 100": "die 100 -n n5",
    "die 100 n5": "die 100 -n n5",
    "die n5": "die SIZE -n n5",
    "die h100": "die --chip h100",
    "die h100 n5": "die --chip h100 -n n5",
    "die 100 n5 n7 --d0 0.1": "die 100 -n n5,n7 --d0 0.1",
    "die 100 n5,n7 -f json --strict": "die 100 -n n5,n7 -f json --strict",
    "n5 100": "die 100 -n n5",
    "100 -n n5": "die 100 -n n5",
    "10x12 n5": "die 10x12 -n n5",
    "sweep 100 n5 --over d0=0.1,0.2": "sweep 100 -n n5 --over d0=0.1,0.2",
    "wafer n5 n7": "wafer n5 --compare n7",
    "wafer --layers n5 n7": "wafer n5 --compare n7 --layers",
    "die --sources n5 100": "die 100 -n n5 --sources",
    "die 100 smic-n+2": "die 100 -n smic-n+2",
    "map n5 10x10": "map 10x10 -n n5",
    "compare 600 n7 smic-n+2": "compare 600 -n n7,smic-n+2",
    "compare h100 smic-n+3": "compare --chip h100 -n smic-n+3",
    "compare n7 n5": "compare SIZE -n n7,n5",
    "capacity n5 100 --units 1M": "capacity 100 -n n5 --units 1M",
    "carbon 100 n5 n7 --grid china": "carbon 100 -n n5,n7 --grid china",
    "solve d0 n5 100 --target cost=30": "solve d0 100 -n n5 --target cost=30",
    "solve area n5 --target cost=30": "solve area -n n5 --target cost=30",
    "split n5 800": "split 800 -n n5",
}


@pytest.mark.parametrize("typed", SLIPS)
def test_a_slip_is_answered_with_a_line_that_works(cli, typed):
    done = cli(*typed.split())
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    line = done.err.rpartition("; type: nodecalc ")[2].strip()
    assert shlex.split(line) == SLIPS[typed].split()
    if "SIZE" not in line and "--strict" not in line:
        assert cli(*shlex.split(line)).code == 0


@pytest.mark.parametrize(
    "typed",
    [
        "bogus",
        "die 100 200 -n n5",
        "die abc -n n5",
        "die 100",
        "nodes zzz",
        "wafer n5 100",
        "map 10x10 n5 n7",
        "split h100 n5",
        "solve 100 600 n5",
    ],
)
def test_what_cannot_be_guessed_is_not(cli, typed):
    done = cli(*typed.split())
    assert done.code == 2
    assert "type: nodecalc" not in done.err


def test_every_option_is_taken_by_its_key_too():
    for q in QUANTITIES.values():
        if q.option:
            for name in (q.key, q.key.replace("_", "-"), q.option, q.option.upper()):
                assert spelled(f"--{name}") == f"--{q.option}"
                assert spelled(f"--{name}=3") == f"--{q.option}=3"
    from typer.main import get_command

    for command in get_command(build()).commands.values():
        for parameter in command.params:
            for option in parameter.opts:
                assert spelled(option) == option


def test_help_is_a_word_too(good, cli):
    assert good("help").out == good("--help").out
    assert good("help", "die").out == good("die", "--help").out
    assert "no such command 'zzz'" in cli("help", "zzz").err


def test_keys_as_options(good):
    one = good("die", "100", "-n", "n5", "--d0-per-cm2", "0.1", "--wafer_price_usd=15k", "--yield-model", "poisson")
    assert one.out == good("die", "100", "-n", "n5", "--d0", "0.1", "--wafer-price", "15k", "--model", "poisson").out


def test_ctrl_c_is_130(monkeypatch, cli):
    from nodecalc.render.writers import output

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(output, "write", interrupted)
    done = cli("die", "100", "-n", "n5")
    assert (done.code, done.err) == (130, "nodecalc: interrupted\n")


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX")
def test_a_closed_pipe_is_0(child_environment):
    import subprocess

    words = f"set -o pipefail; '{sys.executable}' -m nodecalc sources -f json | head -c 10"
    done = subprocess.run(["bash", "-c", words], env=child_environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
