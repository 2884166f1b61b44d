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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
@pytest.mark.parametrize("name", ["it.parquet", "it.csv", "it.npz", "it/"])
def test_two_that_write_at_once_leave_what_one_of_them_wrote(tmp_path, monkeypatch, name):
    monkeypatch.setattr(partitions, "PART_ROWS", 4096)
    monkeypatch.setattr(partitions, "GROUP_ROWS", 4096)
    one = nc.sweep("10x10", node="tsmc-n5", d0_per_cm2="0.05:0.5:20000", parallel=False)
    two = one if name.endswith("/") else nc.sweep("10x10", node="tsmc-n7", d0_per_cm2="0.05:0.5:20000", parallel=False)
    wanted = []
    for place, sweep in enumerate((one, two)):
        (tmp_path / str(place)).mkdir()
        sweep.save(f"{tmp_path}/{place}/{name}")
        wanted.append(contents(tmp_path / str(place) / (name if name.endswith("/") else "")))
    (tmp_path / "both").mkdir()
    children = []
    for sweep in (one, two, one, two):
        child = os.fork()
        if not child:
            code = 1
            try:
                sweep.save(f"{tmp_path}/both/{name}", resume=name.endswith("/"))
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    found = contents(tmp_path / "both" / (name if name.endswith("/") else ""))
    assert found in wanted
