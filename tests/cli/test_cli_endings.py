"""Signals that ask the program to end: nothing half-written is left, and the code says which signal it was."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no such signals")

LONG = ("sweep", "100", "-n", "n5,n7", "--over", "d0=0.05:0.5:20001", "--over", "wafer-price=9000:10000:2000")


def heard() -> None:
    """Hear signals again that whatever runs the tests ignores, as nohup does."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)


def ended(environment: dict[str, str], folder: Path, wait_until: Any, name: str, *signals: int) -> tuple[int, str]:
    """Return exit code and last words of a sweep that is sent signals while it writes."""
    child = subprocess.Popen(
        [sys.executable, "-m", "nodecalc", *LONG, "-o", name],
        env=environment,
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heard,  # noqa: PLW1509 - no threads are running here
    )
    with child:
        wait_until(lambda: child.poll() is not None or any(folder.rglob("*.partial")))
        for number in signals:
            child.send_signal(number)
        _, said = child.communicate()
    return child.returncode, said.splitlines()[-1]


@pytest.mark.parametrize(
    ("number", "code", "word"),
    [
        (signal.SIGTERM, 143, "terminated"),
        (signal.SIGHUP, 129, "its terminal has gone"),
        (signal.SIGINT, 130, "interrupted"),
    ],
)
def test_a_file_is_whole_or_not_there(
    child_environment: dict[str, str], tmp_path: Path, wait_until: Any, number: int, code: int, word: str
) -> None:
    found = ended(child_environment, tmp_path, wait_until, "it.csv", number, number)
    assert found == (code, f"nodecalc: {word}; it.csv was not written")
    assert not list(tmp_path.iterdir())


def test_an_ignored_signal_stays_ignored() -> None:
    code = """
import signal
signal.signal(signal.SIGHUP, signal.SIG_IGN)
from nodecalc.cli.endings import hear
hear()
print(signal.getsignal(signal.SIGHUP) is signal.SIG_IGN, callable(signal.getsignal(signal.SIGTERM)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]


SWEPT = "nc.sweep(100, node='n5', d0_per_cm2=[0.1, 0.2])"


@pytest.mark.parametrize(
    ("library", "ask"),
    [
        ("numpy", "nc.sweep"),
        ("numpy", "lambda: nc.risk(100, node='n5').to_dict()"),
        ("numpy", "lambda: nc.harvest_yield(132, 144, [0.5, 1.0], 0.1)"),
        ("pyarrow", f"{SWEPT}.to_arrow"),
        ("pandas", f"{SWEPT}.to_pandas"),
        ("xarray", f"{SWEPT}.to_xarray"),
    ],
)
def test_an_interrupt_while_a_library_is_loaded_leaves_the_session_usable(
    child_environment: dict[str, str], library: str, ask: str
) -> None:
    code = f"""
import builtins, os, signal
import nodecalc as nc
seen, real = [], builtins.__import__

def importing(name, *args, **kwargs):
    found = real(name, *args, **kwargs)
    if name.startswith({library!r}) and not seen:
        seen.append(name)
        os.kill(os.getpid(), signal.SIGINT)
    return found

builtins.__import__ = importing
try:
    ({ask})()
except KeyboardInterrupt:
    print("interrupted")
except nc.NodecalcError:
    print("passed")
builtins.__import__ = real
import numpy
print(nc.sweep(100, node="n5", d0_per_cm2=[0.1, 0.2]).to_arrow().num_rows, len(seen))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env=child_environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["interrupted", "2", "1"]


@pytest.mark.parametrize(
    "module", ["nodecalc.cli.endings", "nodecalc.cli.program", "nodecalc.errors", "nodecalc.cli.die"]
)
def test_an_interrupt_while_the_program_is_loaded_is_one_line(child_environment: dict[str, str], module: str) -> None:
    code = f"""
import os, signal, sys

class Interrupting:
    def find_spec(name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupting)
sys.argv = ["nodecalc", "die", "100", "-n", "n5"]
from nodecalc.__main__ import main
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=child_environment,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=heard,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "nodecalc: interrupted\n")


def test_an_interrupt_where_nothing_can_be_raised_prints_no_traceback(child_environment: dict[str, str]) -> None:
    code = """
import os, signal, sys
from nodecalc.cli.endings import hear, is_ending
hear()

class Interrupted:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)

class Broken:
    def __del__(self):
        raise ValueError("of another kind")

one = Interrupted()
del one
print(is_ending())
two = Broken()
del two
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=child_environment,
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=heard,
    )
    assert done.stdout == "True\n"
    assert "KeyboardInterrupt" not in done.stderr
    assert "ValueError: of another kind" in done.stderr
