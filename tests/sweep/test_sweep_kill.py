"""Runs that are killed at random moments: never a damaged file, and a continued folder has the same bytes as any.

NODECALC_KILLS says how many times each; the moments are drawn anew every time, and a failure names them.
"""

import os
import random
import signal
import subprocess
import sys

import pytest

import nodecalc as nc
from nodecalc.files import parts as partitions

KILLS = int(os.environ.get("NODECALC_KILLS", "3"))
QUESTION = {"d0_per_cm2": "0.05:0.5:1001", "wafer_price_usd": "9000:10000:1000", "node": ["tsmc-n5", "smic-n+2"]}
PART_ROWS = 1 << 18

CHILD = f"""
import sys
import nodecalc as nc
from nodecalc.files import parts as partitions
partitions.PART_ROWS = partitions.GROUP_ROWS = {PART_ROWS}
sweep = nc.sweep("10x10", **{QUESTION})
sweep.point(0)  # loads what is compiled
while True:
    print("begins", flush=True)
    sweep.save(sys.argv[1], resume=sys.argv[1].endswith("/"))
    if sys.argv[1].endswith("/"):
        break
"""

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signal")


@pytest.fixture(scope="module")
def sweep():
    return nc.sweep("10x10", **QUESTION)


def run_and_kill(environment, folder, name, seconds):
    """Start to write and kill after some seconds, unless it has ended by then."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, name], env=environment, cwd=folder, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout.readline() == "begins\n"
        try:
            child.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_killed_folder_continues_to_the_same_bytes(sweep, child_environment, tmp_path, monkeypatch):
    monkeypatch.setattr(partitions, "PART_ROWS", PART_ROWS)
    monkeypatch.setattr(partitions, "GROUP_ROWS", PART_ROWS)
    sweep.save(f"{tmp_path}/whole/")
    wanted = contents(tmp_path / "whole")
    moments = [random.uniform(0.0, 0.15) for _ in range(KILLS)]
    for seconds in moments:
        run_and_kill(child_environment, tmp_path, "out/", seconds)
        there = contents(tmp_path / "out") if (tmp_path / "out").exists() else {}
        whole = {name: held for name, held in there.items() if not name.startswith(".")}
        assert whole == {name: wanted[name] for name in whole}, moments
    sweep.save(f"{tmp_path}/out/", resume=True)
    assert contents(tmp_path / "out") == wanted, moments


@pytest.mark.parametrize("ending", [".parquet", ".csv", ".npz"])
def test_a_killed_file_is_the_old_one_or_the_new_one(sweep, child_environment, tmp_path, ending):
    for name in ("whole", "out"):
        (tmp_path / name).mkdir()
    whole, target = tmp_path / "whole" / f"it{ending}", tmp_path / "out" / f"it{ending}"
    sweep.save(whole)
    wanted = whole.read_bytes()
    target.write_bytes(b"old")
    moments = [random.uniform(0.0, 0.3) for _ in range(KILLS)]
    for seconds in moments:
        run_and_kill(child_environment, tmp_path / "out", target.name, seconds)
        assert target.read_bytes() in (b"old", wanted), moments
    sweep.save(target)
    assert target.read_bytes() == wanted
    assert [path.name for path in (tmp_path / "out").iterdir() if path.name.startswith(".")] == []
