"""Folders of parts: ordinary Parquet files, the same bytes whoever writes them, and runs that can be continued."""

import json
import pickle
import subprocess
import sys
from itertools import pairwise

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nodecalc as nc
from nodecalc.drivers.sweep.asking import asked
from nodecalc.drivers.sweep.opening import open_sweep, request_of_file
from nodecalc.drivers.sweep.table import TravellingRows
from nodecalc.errors import InputError
from nodecalc.files import atomic
from nodecalc.files import parts as partitions
from nodecalc.files.parts import MANIFEST, PartJob, write_part
from nodecalc.files.proof import PROOF_KEY, object_sum
from nodecalc.files.stream import first_tile_at, groups
from nodecalc.question.blocks import Tiles

OUTPUTS = ["good_die_cost_usd", "gross_dies"]
PART_ROWS, GROUP_ROWS = 2048, 1024


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Parts of two thousand rows, so that a sweep of some ten thousand has several."""
    monkeypatch.setattr(partitions, "PART_ROWS", PART_ROWS)
    monkeypatch.setattr(partitions, "GROUP_ROWS", GROUP_ROWS)


def ask(**more):
    given = {"node": ["tsmc-n5", "smic-n+2"], "d0_per_cm2": "0.05:0.5:701", "wafer_price_usd": "9000:10000:7"}
    return nc.sweep("10x10", outputs=OUTPUTS, **(given | more))


@pytest.fixture(scope="module")
def sweep():
    return ask()


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture
def undisturbed(sweep, tmp_path):
    """What a run that nothing happens to leaves."""
    sweep.save(f"{tmp_path}/whole/")
    return contents(tmp_path / "whole")


def stopped(sweep, folder, after, stop=KeyboardInterrupt, **options):
    """Save and stop after some rows; returns what was raised, and after how many."""
    told = []

    def tell(done, total):
        told.append(done)
        if done >= after:
            raise stop

    sweep.tell = tell
    try:
        with pytest.raises(stop) as caught:
            sweep.save(folder, **options)
    finally:
        sweep.tell = None
    return caught.value, told[-1]


@given(
    shape=st.lists(st.integers(1, 40), min_size=1, max_size=3),
    limit=st.integers(1, 64),
    rows=st.integers(1, 4).map(lambda n: 64 * n),
)
def test_parts_and_groups_hold_every_tile_once_in_order(shape, limit, rows):
    tiles = Tiles(shape, limit)
    parts = -(-tiles.points // rows)
    cuts = [first_tile_at(tiles, number * rows) for number in range(parts + 1)]
    assert (cuts[0], cuts[-1]) == (0, tiles.count)
    walked = []
    for first, last in pairwise(cuts):
        for start, stop in groups(tiles, 64, first, last):
            assert 0 < tiles.start(stop) - tiles.start(start) < 2 * 64
            walked += range(start, stop)
    assert walked == list(range(tiles.count))


def test_a_folder_is_parts_with_the_question_beside_them(sweep, tmp_path):
    said = sweep.save(f"{tmp_path}/out/")
    assert said == f"{tmp_path}/out/: 9,814 rows in 5 parts"
    assert [path.name for path in sorted((tmp_path / "out").iterdir())] == [
        MANIFEST,
        *(f"part-00000{number}.parquet" for number in range(5)),
    ]
    row = 0
    for number, path in enumerate(sorted((tmp_path / "out").glob("*.parquet"))):
        metadata = pq.read_metadata(path).metadata
        held = json.loads(metadata[b"nodecalc_part"])
        assert held == {"part": number, "first_row": row, "rows": pq.read_metadata(path).num_rows}
        assert metadata[b"nodecalc"].decode() == sweep.provenance.to_json()
        row += held["rows"]
    assert row == sweep.points
    assert request_of_file(f"{tmp_path}/out").to_spec() == sweep.request.to_spec()
    opened = open_sweep(f"{tmp_path}/out")
    for key in OUTPUTS:
        np.testing.assert_array_equal(opened[key], sweep[key])
    assert opened.provenance.to_json() == sweep.provenance.to_json()


def test_other_programs_read_the_folder_without_help(sweep, tmp_path):
    sweep.save(f"{tmp_path}/out/", expand=True)
    for frame in (
        pd.read_parquet(tmp_path / "out"),
        pl.scan_parquet(f"{tmp_path}/out/*.parquet").collect().to_pandas(),
        duckdb.sql(f"from '{tmp_path}/out/*.parquet'").df(),
    ):
        assert list(frame.columns) == [*sweep.dims, *OUTPUTS]
        assert frame["node"].astype(str).tolist() == np.repeat(sweep.coords["node"], 701 * 7).tolist()
        np.testing.assert_array_equal(frame["wafer_price_usd"], np.tile(sweep.coords["wafer_price_usd"], 2 * 701))
        for key in OUTPUTS:
            np.testing.assert_array_equal(frame[key], sweep[key].reshape(-1))


@pytest.mark.parametrize("expand", [False, True])
def test_a_part_has_the_same_bytes_wherever_it_is_written(tmp_path, monkeypatch, expand):
    written = []
    monkeypatch.setattr(partitions, "_write_here", lambda sweep, missing: written.extend(missing))
    sweep = ask()
    sweep.save(f"{tmp_path}/there/", expand=expand)
    monkeypatch.undo()
    monkeypatch.setattr(partitions, "PART_ROWS", PART_ROWS)
    monkeypatch.setattr(partitions, "GROUP_ROWS", GROUP_ROWS)
    rows = TravellingRows(sweep.plan).unpacked()
    for job in reversed(written):
        travelled = pickle.loads(pickle.dumps(job))
        assert isinstance(travelled, PartJob)
        assert write_part(rows, travelled) == job.points
        write_part(rows, travelled)  # as when a worker is lost after it has written
    assert sum(job.points for job in written) == sweep.points
    sweep.arrays  # noqa: B018 - now what is saved comes from them
    sweep.save(f"{tmp_path}/here/", expand=expand)
    assert contents(tmp_path / "there") == contents(tmp_path / "here")


@pytest.mark.parametrize("after", [1, 2100, 6000, 9000])
def test_an_interrupted_run_says_what_it_keeps_and_goes_on_to_the_same_bytes(sweep, undisturbed, tmp_path, after):
    name = f"{tmp_path}/out/"
    error, done = stopped(sweep, name, after)
    kept = len(list((tmp_path / "out").glob("part-*")))
    verb = "is" if kept == 1 else "are"
    assert error.args == (f"{kept} of 5 parts {verb} kept in {name}; --resume continues",)
    ends = np.cumsum([pq.read_metadata(path).num_rows for path in sorted((tmp_path / "whole").glob("*.parquet"))])
    assert kept == np.count_nonzero(ends < done)  # the part that the last of them completed was not yet there
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("part-*")}
    seen = []
    sweep.tell = lambda done, total: seen.append((done, total))
    said = sweep.save(name, resume=True)
    sweep.tell = None
    assert said == f"{name}: 9,814 rows in 5 parts" + (f", {kept} of them from before" if kept else "")
    assert contents(tmp_path / "out") == undisturbed
    assert all(path.stat().st_mtime_ns == time for path, time in before.items())
    assert seen[-1][0] == seen[-1][1] <= sweep.points
    assert sweep.save(name, resume=True) == f"{name}: 9,814 rows in 5 parts, complete already; nothing to do"


def test_a_part_without_its_end_is_written_again(sweep, undisturbed, tmp_path):
    part = tmp_path / "whole" / "part-000002.parquet"
    part.write_bytes(part.read_bytes()[:-100])
    with pytest.raises(InputError, match="4 of 5 parts; finish it with --resume"):
        open_sweep(tmp_path / "whole")
    sweep.save(tmp_path / "whole", resume=True)
    assert contents(tmp_path / "whole") == undisturbed


def test_resume_may_be_given_from_the_start(sweep, undisturbed, tmp_path):
    sweep.save(f"{tmp_path}/out/", resume=True)
    (tmp_path / "empty").mkdir()
    sweep.save(tmp_path / "empty")
    assert contents(tmp_path / "out") == contents(tmp_path / "empty") == undisturbed


def test_a_folder_in_use_is_refused_with_what_to_do(sweep, tmp_path, monkeypatch):
    name = f"{tmp_path}/out/"
    stopped(sweep, name, 4000)
    with pytest.raises(InputError, match="holds this sweep already, 1 of 5 parts; add --resume to continue it"):
        sweep.save(name)
    for resume in (False, True):
        with pytest.raises(InputError, match="holds another sweep, 1 of 5 parts; give a new folder"):
            ask(d0_per_cm2="0.05:0.5:700").save(name, resume=resume)
        with pytest.raises(InputError, match="begun with its axes as columns; leave out --compact, or give"):
            sweep.save(name, compact=True, resume=resume)
    sweep.save(name, resume=True)
    with pytest.raises(InputError, match="holds this sweep already, complete; nothing is left to do"):
        sweep.save(name)
    with monkeypatch.context() as patch:
        patch.setattr("nodecalc.drivers.sweep.provenance.__version__", "99.9")
        with pytest.raises(InputError, match=rf"begun with nodecalc {nc.__version__}, this is 99\.9"):
            sweep.save(name, resume=True)
    with monkeypatch.context() as patch:
        patch.setattr(partitions, "PART_ROWS", 4096)
        with pytest.raises(InputError, match="parts of another length"):
            sweep.save(name, resume=True)


@pytest.mark.parametrize("resume", [False, True])
def test_other_files_are_not_written_among(sweep, tmp_path, resume):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="holds other files and no sweep; give a new or empty folder"):
        sweep.save(tmp_path, resume=resume)
    (tmp_path / MANIFEST).write_text("{}")
    with pytest.raises(InputError, match="no sweep"):
        sweep.save(tmp_path, resume=resume)
    with pytest.raises(InputError, match="a file; give a folder"):
        sweep.save(f"{tmp_path}/notes.txt/", resume=resume)
    with pytest.raises(InputError, match="there is no folder"):
        sweep.save(f"{tmp_path}/a/b/", resume=resume)
    assert sorted(path.name for path in tmp_path.iterdir()) == [MANIFEST, "notes.txt"]


def test_figures_of_another_catalogue_are_no_continuation(tmp_path):
    """The same words with other figures behind them."""
    name, question = f"{tmp_path}/out/", {"node": "tsmc-n5", "critical_area_fraction": "0.1:1:5000"}
    sweep = nc.sweep("10x10", **question)
    stopped(sweep, name, 2100)
    held = json.loads((tmp_path / "out" / MANIFEST).read_text())
    held["figures"][0]["value"] *= 2
    (tmp_path / "out" / MANIFEST).write_text(json.dumps(held))
    with pytest.raises(InputError, match="what it says of itself is not as it was written"):
        sweep.save(name, resume=True)
    del held[PROOF_KEY]
    (tmp_path / "out" / MANIFEST).write_text(json.dumps(held))
    with pytest.raises(InputError, match="its checksums are gone"):
        sweep.save(name, resume=True)
    held[PROOF_KEY] = {"metadata": object_sum(held)}  # as other data would have given it
    (tmp_path / "out" / MANIFEST).write_text(json.dumps(held))
    with pytest.raises(InputError, match="begun with other figures"):
        sweep.save(name, resume=True)


def test_an_opened_sweep_is_saved_as_it_was_written_and_not_worked_out_anew(sweep, tmp_path):
    sweep.save(f"{tmp_path}/out/")
    opened = open_sweep(tmp_path / "out")
    opened["gross_dies"][...] = 7.0
    opened.save(f"{tmp_path}/copy/")
    assert set(pd.read_parquet(tmp_path / "copy")["gross_dies"]) == {7.0}
    with pytest.raises(InputError, match="read from a file; save it here"):
        opened.save(f"{tmp_path}/workers/", client=object())


def test_workers_get_jobs_for_what_is_missing_and_nothing_else(sweep, undisturbed, tmp_path, monkeypatch):
    name = f"{tmp_path}/out/"
    stopped(sweep, name, 5000)
    asked_for = []
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    killed = tmp_path / "out" / f".part-000003.parquet.{atomic._host()}.{dead.pid}.0.partial"

    def run_jobs_on(client, function, jobs, tell=None, *, cargo=None):
        asked_for.append((client, [job.number for job in jobs]))
        rows = pickle.loads(pickle.dumps(cargo)).unpacked()
        killed.touch()
        return [function(rows, job) for job in jobs]

    monkeypatch.setattr("nodecalc.cluster.ranges.run_jobs_on", run_jobs_on)
    sweep.save(name, resume=True, client="client")
    assert asked_for == [("client", [2, 3, 4])]
    assert contents(tmp_path / "out") == undisturbed
    assert not killed.exists()
    monkeypatch.setattr("nodecalc.cluster.ranges.run_jobs_on", lambda *_, **__: [])
    with pytest.raises(InputError, match="5 parts written by workers cannot be seen from here"):
        sweep.save(f"{tmp_path}/elsewhere/", client="client")


def test_what_was_asked_again_with_one_thread_continues_what_several_began(sweep, undisturbed, tmp_path):
    name = f"{tmp_path}/out/"
    stopped(sweep, name, 5000)
    asked(request_of_file(name), parallel=False).save(name, resume=True)
    assert contents(tmp_path / "out") == undisturbed


def test_names_of_parts_stay_in_the_order_of_rows():
    names = [partitions.part_path(partitions.Path(), number, 2 * 10**6).name for number in (9, 10, 999_999, 1_000_000)]
    assert names == sorted(names)


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_ctrl_c_says_in_the_end_how_many_parts_are_kept(child_environment, interrupt, tmp_path):
    code = (
        "import nodecalc as nc\n"
        "from nodecalc.files import parts as partitions\n"
        "partitions.PART_ROWS = 1 << 20\n"
        "s = nc.sweep('10x10', node='tsmc-n5', d0_per_cm2='0.05:0.5:100000', wafer_price_usd='1000:2000:1000')\n"
        "s.tell = lambda done, total: done > 3_000_000 and print(done, flush=True)\n"
        "try: s.save('out/')\n"
        "except KeyboardInterrupt as stop: print(stop, flush=True)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        env=child_environment | {"NUMBA_NUM_THREADS": "2"},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    )
    child.stdout.readline()
    out = interrupt(child)()
    kept = len(list((tmp_path / "out").glob("part-*")))
    assert kept >= 1
    verb = "is" if kept == 1 else "are"
    assert out.splitlines()[-1] == f"{kept} of 96 parts {verb} kept in out/; --resume continues"
    assert not list((tmp_path / "out").glob(".*"))


def test_a_part_of_another_sweep_is_neither_read_nor_kept(tmp_path, sweep, undisturbed):
    sweep.save(f"{tmp_path}/it/")
    ask(d0_per_cm2="0.05:0.6:701").save(f"{tmp_path}/other/")
    part = tmp_path / "it" / "part-000001.parquet"
    part.write_bytes((tmp_path / "other" / part.name).read_bytes())
    with pytest.raises(InputError, match=r"part-000001.parquet': it is a part of another sweep"):
        open_sweep(tmp_path / "it")
    sweep.save(f"{tmp_path}/it/", resume=True)
    assert contents(tmp_path / "it") == undisturbed
    part.write_bytes((tmp_path / "it" / "part-000000.parquet").read_bytes())
    sweep.save(f"{tmp_path}/it/", resume=True)
    assert contents(tmp_path / "it") == undisturbed
