"""An interrupt that Python swallows, in a finaliser or where a weak reference ends, stops a run all the same."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no such signal")

DEAF = """
import signal
import nodecalc as nc

class Deaf:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)
        for _ in range(1000):
            pass

def stops(run):
    try:
        run()
    except KeyboardInterrupt as stop:
        print("stopped", stop)
    else:
        print("went on")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
"""


def said(code, environment, folder):
    done = subprocess.run(
        [sys.executable, "-c", DEAF + code], env=environment, cwd=folder, capture_output=True, text=True, check=True
    )
    assert "Exception ignored" in done.stderr
    return done.stdout.splitlines()


def test_a_walk_stops_at_its_next_step(child_environment, tmp_path):
    code = """
from nodecalc.interrupts import heard
from nodecalc.drivers.sweep.run import in_threads

@heard()
def walk(threads):
    for item in in_threads(lambda item: item, range(1000), threads):
        if item == 5:
            Deaf()
        assert item <= 5

stops(lambda: walk(1))
stops(lambda: walk(2))

@heard()
def last():
    Deaf()

stops(last)
"""
    assert said(code, child_environment, tmp_path) == ["stopped "] * 3


def test_a_folder_stops_with_what_is_kept(child_environment, tmp_path):
    code = """
from nodecalc.files import parts as partitions
partitions.PART_ROWS = 1 << 20
s = nc.sweep("10x10", node="tsmc-n5", d0_per_cm2="0.05:0.5:10000", wafer_price_usd="1000:2000:1000")
s.tell = lambda done, total: Deaf() and None
stops(lambda: s.save("out/"))
"""
    pytest.importorskip("pyarrow")
    kept, total = said(code, child_environment, tmp_path)[0].split(" of ")
    assert kept in {"stopped 0", "stopped 1"}
    verb = "is" if kept.endswith("1") else "are"
    assert total == f"10 parts {verb} kept in out/; --resume continues"


def test_a_handler_of_the_caller_is_left_alone(child_environment, tmp_path):
    code = """
def own(number, frame):
    raise RuntimeError
signal.signal(signal.SIGINT, own)
from nodecalc.interrupts import heard
with heard():
    assert signal.getsignal(signal.SIGINT) is own
    Deaf()
print("his")
"""
    assert said(code, child_environment, tmp_path) == ["his"]
