"""Where the output goes: pipes that close early, full disks, terminals wide and narrow, other encodings."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="terminals, pipes and devices of POSIX systems")

DIE = ("die", "10x10", "-n", "tsmc-n5", "-n", "smic-n+3")
FULL = Path("/dev/full")


def in_terminal(environment, *arguments, columns=200, extra=None):
    """Run the program on a terminal of that width and return exit code and what it drew."""
    import fcntl
    import pty
    import struct
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    env = environment | {"TERM": "xterm-256color"} | (extra or {})
    with subprocess.Popen(
        [sys.executable, "-m", "nodecalc", *arguments], env=env, stdin=slave, stdout=slave, stderr=slave
    ) as process:
        os.close(slave)
        drawn = b""
        while True:
            try:
                block = os.read(master, 65536)
            except OSError:  # Linux reports the closed other end as an input error
                break
            if not block:
                break
            drawn += block
    os.close(master)
    return process.returncode, drawn.decode("utf-8").replace("\r\n", "\n")


@pytest.mark.parametrize(
    "command", [("sources",), ("nodes",), ("chips", "-f", "json"), ("models",), (*DIE, "--explain")], ids=" ".join
)
def test_a_reader_that_has_had_enough_is_no_error(child_environment, command):
    with subprocess.Popen(
        [sys.executable, "-m", "nodecalc", *command],
        env=child_environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""


def test_a_pipe_closed_before_the_first_byte_is_no_error(child_environment):
    read, write = os.pipe()
    os.close(read)
    with subprocess.Popen(
        [sys.executable, "-m", "nodecalc", *DIE], env=child_environment, stdout=write, stderr=subprocess.PIPE
    ) as process:
        os.close(write)
        assert process.stderr.read() == b""


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
@pytest.mark.parametrize(
    "command", [DIE, ("sources",), ("nodes", "-f", "json"), ("--version",), ("--help",)], ids=" ".join
)
def test_a_full_disk_is_one_line_and_exit_code_1(program, command):
    with FULL.open("w") as full:
        done = program(*command, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert done.err.startswith("nodecalc: ")


@pytest.mark.parametrize(
    "command", [DIE, ("sources",), ("--version",), ("--help",), ("nodes", "-f", "csv")], ids=" ".join
)
def test_a_closed_stdout_is_one_line_and_exit_code_1(child_environment, command):
    words = " ".join(f"'{w}'" for w in (sys.executable, "-m", "nodecalc", *command))
    done = subprocess.run(
        ["sh", "-c", f"{words} >&-"], env=child_environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_a_closed_stderr_keeps_the_exit_codes(child_environment):
    for words, code in (("die 100 -n tsmc-n5", 0), ("die 100 -n nope", 2)):
        done = subprocess.run(
            ["sh", "-c", f"'{sys.executable}' -m nodecalc {words} 2>&-"],
            env=child_environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == code
        assert bool(done.stdout) is (code == 0)


def test_a_terminal_gets_colour_and_the_whole_table(child_environment):
    code, drawn = in_terminal(child_environment, *DIE)
    assert code == 0
    assert "\x1b[" in drawn
    for word in ("tsmc-n5", "smic-n+3", "616", "81.29", "P10-P90", "113.4"):
        assert word in drawn
    assert "left out" not in drawn


@pytest.mark.parametrize("extra", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_no_color_and_dumb_terminals_get_plain_text(child_environment, extra):
    code, drawn = in_terminal(child_environment, *DIE, extra=extra)
    assert code == 0
    assert "\x1b" not in drawn.replace("\x1b[K", "")  # which clears what is told while one waits
    assert "81.29" in drawn


@pytest.mark.parametrize("extra", [{}, {"NO_COLOR": "1"}], ids=["colour", "plain"])
def test_a_narrow_terminal_loses_columns_and_says_which(child_environment, extra):
    code, drawn = in_terminal(child_environment, *DIE, columns=80, extra=extra)
    assert code == 0
    assert "left out for want of width" in drawn
    note = " ".join(drawn[drawn.index("left out") :].split())
    for head in ("MTr/mm2", "USD/10^9 peak tr"):
        assert head in note
        assert head not in drawn[: drawn.index("left out")]
    # What the question was about is never among them, nor what makes it honest, and its row is not folded.
    row = next(line for line in drawn.splitlines() if "smic-n+3" in line and "45.2%" in line)
    for text in ("0.8536 e", "22,652 u", "2024.1", "81.29", "57.00-120.02"):
        assert text in row


@pytest.mark.parametrize("extra", [{}, {"NO_COLOR": "1"}], ids=["colour", "plain"])
def test_a_narrower_one_turns_the_table_and_loses_nothing(child_environment, extra):
    code, drawn = in_terminal(child_environment, *DIE, columns=60, extra=extra)
    assert code == 0
    assert "left out" not in drawn
    lines = [line.split() for line in re.sub(r"\x1b\[[0-9;]*m", "", drawn).splitlines()]
    for row in (
        ["node", "tsmc-n5", "smic-n+3"],
        ["D0", "/cm2", "0.0957", "0.8536", "e"],
        ["year", "2026", "2024.1"],
        ["P10-P90", "21.01-36.34", "57.00-120.02"],
        ["USD/10^9", "peak", "tr", "2.03", "7.17"],
    ):
        assert row in lines


@pytest.mark.parametrize("columns", ["0", "-3", "wide", ""])
def test_a_width_that_is_none_is_unknown(child_environment, columns):
    _, drawn = in_terminal(child_environment, *DIE, columns=140, extra={"COLUMNS": columns, "NO_COLOR": "1"})
    plain = in_terminal(child_environment, *DIE, columns=140, extra={"NO_COLOR": "1"})[1]
    # What is told while one waits comes where it takes long, as on a busy machine.
    assert drawn.rpartition("\x1b[K")[2] == plain.rpartition("\x1b[K")[2]
    assert "22,652 u" in drawn
    assert "ft_smic_2024" in drawn
    assert in_terminal(child_environment, *DIE, columns=0, extra={"NO_COLOR": "1"})[1].count("22,652 u") == 1


def test_a_pipe_never_loses_a_column(program):
    assert program(*DIE, env={"COLUMNS": "20"}).out == program(*DIE).out


def test_a_pipe_gets_no_colour_even_where_the_terminal_has_it(program):
    for extra in ({"TERM": "xterm-256color"}, {"COLORTERM": "truecolor"}, {"CLICOLOR_FORCE": "0"}):
        assert "\x1b" not in program(*DIE, env=extra).out


NON_ASCII = """schema = 1
[source.mine]
title = "Größenordnung – 誤差"
[node."mine"]
foundry = "Öko"
name = "ñ"
class = "logic"
d0 = { value = 0.1, unit = "per_cm2", kind = "measured", source = "mine", note = "etwa 10 µm – ½" }
wafer_price = 1000
"""


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown"])
def test_letters_that_the_encoding_lacks_do_not_stop_an_answer(program, tmp_path, encoding, form):
    path = tmp_path / "mine.toml"
    path.write_text(NON_ASCII, encoding="utf-8")
    for words in (("nodes", "mine"), ("die", "100", "-n", "mine", "--explain") if form != "csv" else ("sources",)):
        done = program(
            *words,
            "--catalog",
            path,
            "-f",
            form,
            env={"PYTHONIOENCODING": encoding},
            encoding=encoding,
            errors="replace",
        )
        assert done.code == 0, done.err[-300:]
        if form == "csv":  # CSV has no place for notes
            assert all(line.startswith("replaced by the catalogue file") for line in done.err.splitlines())
        else:
            assert done.err == ""
        assert done.out
        if form == "json":
            assert "Größenordnung – 誤差" in {source["title"] for source in json.loads(done.out)["sources"]}


def test_the_c_locale_does_not_stop_an_answer(program):
    for command in (DIE, ("sources",), ("models",), ("chips",)):
        done = program(*command, env={"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})
        assert (done.code, done.err) == (0, "")


def test_settings_of_numba_that_move_bits_are_told_beside_an_answer(cli, monkeypatch):
    from nodecalc_kernels.compiled import loading

    line = ("sweep", "100", "-n", "n5", "--over", "d0=0.1:0.5:3", "--reduce", "min")
    usual = cli(*line)
    assert usual.err == ""
    monkeypatch.setattr(loading, "unusual_settings", lambda: "NUMBA_OPT=0")
    told = cli(*line)
    assert (told.code, told.out) == (0, usual.out)
    assert told.err == "nodecalc: NUMBA_OPT=0: the last bits of compiled results may be others than usual\n"
