"""Plain lines are read without typer, and mean what typer makes of them."""

import subprocess
import sys
from importlib import import_module
from shlex import split

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodecalc.cli.declared import COMMANDS, Argument, parameters
from nodecalc.cli.plain import words_of
from nodecalc.cli.typed import build

VALUES = st.sampled_from(("n5", "0.1", "n5,n7", "d0=0.05:0.5:10", "", "a b", "json", "=", "100", "tsmc-n5:d0=0.07"))
STRANGE = st.sampled_from(("--", "-", "--help", "--nod", "-nn5", "--explain=1", "-5", "--no-such", "", "-h"))


def by_typer(name, words):
    """Return what typer calls a command with; None where it does not."""
    heard = []
    program = build((name,), lambda run: lambda **said: heard.append(said))
    try:
        program([name, *words], prog_name="nodecalc", standalone_mode=False)
    except Exception:
        return None
    return heard[0] if heard else None


@st.composite
def lines(draw):
    name = draw(st.sampled_from(COMMANDS))
    words = []
    rows = parameters(import_module(f"nodecalc.cli.{name}").run)
    for row in draw(st.lists(st.sampled_from(rows), max_size=5)):
        value = draw(VALUES)
        if isinstance(row.declared, Argument):
            words += [value]
        elif row.type is bool:
            words += [draw(st.sampled_from(row.declared.names))]
        else:
            option = draw(st.sampled_from(row.declared.names))
            joined = draw(st.booleans()) and option.startswith("--")
            words += [f"{option}={value}"] if joined else [option, value]
    if draw(st.integers(0, 4)) == 0:
        words.insert(draw(st.integers(0, len(words))), draw(STRANGE))
    return name, words


@given(lines())
def test_what_is_read_plainly_is_what_typer_reads(line):
    name, words = line
    plain = words_of(import_module(f"nodecalc.cli.{name}").run, words)
    if plain is not None:
        assert plain == by_typer(name, words)


@pytest.mark.parametrize(
    "line",
    [
        "die 100 -n n5", "die --chip h100 --explain", "die 10x10 -n n5 -n n7 --d0=0.1", "wafer tsmc-n5 --layers",
        "sweep 100 -n n5 --over d0=0.05:0.5:3 --over alpha=1,2 -f json", "keys d0 alpha", "nodes",
        "map 10x10 --notch 1", "fit --yield 0.5 --area 100",
    ],
)  # fmt: skip
def test_everyday_lines_are_plain(line):
    name, *words = split(line)
    plain = words_of(import_module(f"nodecalc.cli.{name}").run, words)
    assert plain is not None
    assert plain == by_typer(name, words)


@pytest.mark.parametrize(
    "line",
    ["die --help", "die 100 --no-such 3", "die 100 200", "die 100 -n", "sweep --top 3", "die 100 --d0 1 --d0 2"],
)
def test_the_rest_is_typers(line):
    name, *words = split(line)
    assert words_of(import_module(f"nodecalc.cli.{name}").run, words) is None


def test_completion_is_typers(monkeypatch):
    monkeypatch.setenv("_NODECALC_COMPLETE", "complete_bash")
    assert words_of(import_module("nodecalc.cli.die").run, ["100", "-n", "n5"]) is None


def test_a_plain_line_loads_no_typer(child_environment):
    code = (
        "import sys\nfrom nodecalc.cli.program import run\n"
        "run(['die', '100', '-n', 'n5'])\nrun(['wafer', 'n5', '--layers'])\n"
        "sys.stderr.write(' '.join(m for m in ('typer', 'inspect', 'rich', 'numpy') if m in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=child_environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
