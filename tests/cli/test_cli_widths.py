"""Every command on a terminal of 60 to 140 columns: no line is longer, no number is cut, what is honest stays."""

import fcntl
import os
import pty
import re
import struct
import sys
import termios
import threading
from pathlib import Path

import pytest

from nodecalc.cli.declared import COMMANDS
from nodecalc.cli.program import run

pytestmark = pytest.mark.skipif(os.name != "posix", reason="terminals of POSIX systems")

WIDTHS = (60, 80, 100, 140)
SAVED = os.path.relpath(Path(__file__).parent / "saved")
ASKED = [
    "die 10x10 -n tsmc-n5",
    "die 10x10 -n tsmc-n5 -n tsmc-n7 -n smic-n+1 -n smic-n+2 -n smic-n+3 -n intel-18a",
    "die 10x10 -n tsmc-n5 -n smic-n+3 --explain --sources",
    "die --chip kirin-9000s",
    "die --chip h100 --explain",
    "die --transistors 15.3B -n n5 -n n7 --class phone",
    "die 30x40 -n n5 --wafer-basis cost --without euv --margin 40% --explain",
    "die 100 -n n5 --d0 0.07 --wafer-price 17000",
    "sweep 100 -n n5 -n smic-n+2 --over d0=0.1:0.4:4 --keys die_yield,good_dies,gross_dies,die_cost_usd",
    "sweep 100 -n n5 -n smic-n+2 --over d0=0.1:0.4:4 --reduce min,argmin,p50,max,argmax",
    "sweep 100 -n n5 --over d0=0.1:0.4:9 --over line-yield=0.5:1:4 --best good_die_cost_usd --sources",
    "solve d0 100 -n smic-n+2 --equal tsmc-n7",
    "solve d0 600 -n smic-n+2 --equal tsmc-n7 --sources",
    "solve d0 -n smic-n+2 --equal good_die_cost_usd --to tsmc-n7 --over area=300:800:3",
    "compare 600 -n tsmc-n7 -n smic-n+2 -n tsmc-n5",
    "compare 100 -n tsmc-n7:year=2021 -n tsmc-n5 --port --sram-share 30% --analog-share 20%",
    f"diff {SAVED}/base.json {SAVED}/new.json",
    "risk 107 -n smic-n+2 --samples 1k",
    "risk 107 -n smic-n+3,n5 --samples 1k --prob smic-n+3>n5 --keys cost,die_yield --vary d0=0.1:0.2:0.4",
    "wafer tsmc-n5",
    "wafer tsmc-n5 --without euv --layers --sources",
    "wafer smic-n+3 --compare tsmc-n5 --explain",
    "wafer tsmc-n5 --power-curve --dose 40",
    "patterning 80 52 40 36 32.5 --tools arfi,euv",
    "nodes",
    "nodes tsmc-n5 smic-n+2",
    "chips",
    "chips kirin-9000s nvidia-gh100 --sources",
    "map 10x10 -n tsmc-n5",
    "map 665.6 -n smic-n+2 --reticle 26x33 --by yield",
    "fit --yield 40% --area 665.6 --harvest 20/25 --core-fraction 0.6",
    "capacity 21.32x31.22 -n smic-n+2 --units 1.6M --yield 20%,40% --dies-per-unit 1,2",
    "capacity --chip ascend-910b --wafers-per-month 13000 --stacks-per-unit 8 --stack-supply 2M",
    "system",
    "system b200 --volume 1M --margin 75%",
    "system ascend-910c --sources",
    "memory cxmt-g4 --capacity 12Gb,16Gb --wafer-price 5000 --d0 0.2 --dies-per-package 8 --bond-yield 99%",
    "split 800 -n smic-n+2,smic-14 --package-yield 0.75,0.9,0.99",
    "claims --status contradicted",
    "claims ascend-volume",
    "carbon 100 -n tsmc-n5,smic-n+3 --grid china",
    "models",
    "keys",
    "examples",
    "sources",
    "sources cset_2020 techspot_2025",
]


class _Terminal:
    """A pseudo-terminal in the place of standard output."""

    def __init__(self, columns):
        self.leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        self.stream = os.fdopen(follower, "w", encoding="utf-8")
        self.blocks = []
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self):
        while True:
            try:
                block = os.read(self.leader, 65536)
            except OSError:  # Linux reports the closed other end as an input error
                return
            if not block:
                return
            self.blocks.append(block)

    def text(self):
        self.stream.close()
        self.reader.join()
        os.close(self.leader)
        return b"".join(self.blocks).decode().replace("\r\n", "\n")


@pytest.fixture
def on_terminal(monkeypatch):
    """Run the command line in this process on a terminal of that width; give what it drew."""

    def call(words, columns, colour=False):
        for name in ("COLUMNS", "LINES", "NO_COLOR"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("TERM", "xterm-256color")
        if not colour:
            monkeypatch.setenv("NO_COLOR", "1")
        terminal = _Terminal(columns)
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", terminal.stream)
            code = run(words.split())
        drawn = terminal.text()
        assert code == 0
        assert ("\x1b[" in drawn) is colour
        return re.sub(r"\x1b\[[0-9;]*m", "", drawn)

    return call


def test_no_command_is_forgotten():
    assert {words.split()[0] for words in ASKED} == set(COMMANDS)


def bare(word):
    """Return a word without what joins it to others."""
    return word.strip("();,:")


@pytest.mark.parametrize("words", ASKED)
def test_no_line_is_longer_than_the_terminal_and_no_number_is_cut(on_terminal, capsys, words):
    quiet = words + (" --no-chart" if words.startswith(("sweep", "solve", "risk", "split")) else "")
    assert run(quiet.split()) == 0
    whole = capsys.readouterr().out.split()
    known, long = {bare(word) for word in whole}, [word for word in whole if len(word) > 20]
    for columns in WIDTHS:
        plain = on_terminal(quiet, columns)
        assert max(map(len, plain.splitlines())) <= columns
        for word in plain.split():
            if any(c.isdigit() for c in word) and bare(word) not in known:
                # Only a word that fills a column by itself, such as an address, is broken: never a bare number.
                assert any(bare(word) in one and re.search("[a-z]{3}", one) for one in long), (
                    f"{word} at {columns} columns"
                )
        coloured = on_terminal(quiet, columns, colour=True)
        if words.startswith("map"):
            # Half blocks draw twice the rows of plain characters; what is said below is the same.
            assert max(map(len, coloured.splitlines())) <= columns
            plain, coloured = (text[text.rindex("\n\nyield murphy") :] for text in (plain, coloured))
        assert coloured == plain


@pytest.mark.parametrize("columns", WIDTHS)
def test_charts_and_tables_of_sweeps_keep_to_the_width(on_terminal, columns):
    beside = "sweep 600 -n smic-n+2,n5 --over d0=0.01:0.1:9 --against n7 --keys cost,band,yield"
    solved = "solve d0 -n smic-n+2 --equal tsmc-n7 --over area=300:800:3"
    for words in (
        "sweep 100 -n n5 -n n7 --over d0=0.05:0.5:10",
        ASKED[8],
        solved,
        beside,
        "solve d0 100 -n n5 --target cost=30",
        "risk 107 -n smic-n+3,n5 --samples 1k",
    ):
        for colour in (False, True):
            assert max(map(len, on_terminal(words, columns, colour).splitlines())) <= columns


@pytest.mark.parametrize("columns", WIDTHS)
def test_what_makes_a_number_honest_stays_at_every_width(on_terminal, columns):
    for words in ("die 10x10 -n tsmc-n5 -n smic-n+3", ASKED[1]):
        drawn = on_terminal(words, columns)
        for text in ("21.01-36.34", "57.00-120.02", "2024.1", "22,652 u"):
            assert text in drawn
        assert drawn.index("left out") > 0 if "left out" in drawn else "0.8536 e" in drawn


def test_warnings_stand_first_and_apart_in_colour(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    terminal = _Terminal(100)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", terminal.stream)
        assert run(["die", "--transistors", "15.3B", "-n", "n5", "-n", "smic-n+1"]) == 0
    lines = terminal.text().splitlines()
    warnings = [i for i, line in enumerate(lines) if line.startswith("\x1b[1;33mwarning:\x1b[0m ")]
    notes = [i for i, line in enumerate(lines) if "sources for D0 disagree" in line]
    assert len(warnings) == 3
    assert lines[warnings[0] - 1] == ""
    assert max(warnings) < notes[0]
    assert "" in lines[max(warnings) : notes[0]]


def test_nothing_is_said_twice_and_the_legend_has_only_marks_that_occur(capsys):
    for words in (*ASKED, "die 100 -n tsmc-n5", "die 100 -n smic-n+1"):
        if words.startswith(("sources", "nodes", "chips", "models")) or "--sources" in words:
            continue
        assert run([*words.split(), "-f", "table"]) == 0
        text = capsys.readouterr().out
        below = [line for line in text[text.rindex("\n\n") :].splitlines() if line]
        assert len(below) == len(set(below))
    assert run(["die", "100", "-n", "tsmc-n5"]) == 0
    assert " assumed:" not in capsys.readouterr().out
    assert run(["die", "100", "-n", "intel-18a"]) == 0
    said = capsys.readouterr().out
    assert "e estimated:" in said
    assert "a assumed:" not in said


def test_the_help_of_the_program_cuts_no_command_short(good, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    lines = good("--help").out.split("Commands:")[1].split("\n\n")[0].strip().splitlines()
    assert [line.split()[0] for line in lines] == list(COMMANDS)
    assert all(line.endswith(".") and not line.endswith("...") and len(line) <= 80 for line in lines)
