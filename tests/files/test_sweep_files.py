"""Single files of a sweep: what they hold, that they are whole or not there, and that they repeat the question."""

import io
import json
import os
import socket
import struct
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nodecalc as nc
from nodecalc.drivers.sweep.asking import asked
from nodecalc.drivers.sweep.opening import open_sweep, provenance_of_file, request_of_file
from nodecalc.drivers.sweep.table import table_of
from nodecalc.errors import InputError, OutputError
from nodecalc.files import csv as csvfile
from nodecalc.files import saving
from nodecalc.files.arrow import Frame, frame_of
from nodecalc.files.atomic import SUFFIX, Beside, remove_leftovers
from nodecalc.files.csv import CsvWriter
from nodecalc.files.csvtext import shortest, shortest_all
from nodecalc.files.opening import metadata_of_file, results_of_file
from nodecalc.files.rows import axis_indices, axis_rows
from nodecalc.files.table import Table
from nodecalc.question.axis import Axis, Span

OUTPUTS = ["good_die_cost_usd", "gross_dies"]
ENDINGS = [".parquet", ".arrow", ".csv", ".npz"]
OPENED = [".parquet", ".arrow", ".npz"]


def grid(**more):
    given = {"node": ["tsmc-n5", "smic-n+2"], "d0_per_cm2": "0.05:0.5:30", "wafer_price_usd": [9000, 10000.5]}
    return nc.sweep("10x10", outputs=OUTPUTS, **(given | more))


@pytest.fixture(scope="module")
def small():
    return grid()


def full_rows(sweep):
    """Every row with its axes, by numpy alone."""
    mesh = np.meshgrid(*sweep.coords.values(), indexing="ij")
    rows = dict(zip(sweep.dims, (m.reshape(-1) for m in mesh), strict=True))
    return rows | {key: sweep[key].reshape(-1) for key in sweep.outputs}


def left(folder):
    return sorted(entry.name for entry in folder.iterdir())


READERS = {
    "pandas": {".parquet": pd.read_parquet, ".csv": pd.read_csv, ".arrow": pd.read_feather},
    "polars": {
        ".parquet": lambda p: pl.read_parquet(p).to_pandas(),
        ".csv": lambda p: pl.read_csv(p).to_pandas(),
        ".arrow": lambda p: pl.read_ipc(p).to_pandas(),
    },
    "duckdb": {
        ".parquet": lambda p: duckdb.sql(f"from '{p}'").df(),
        ".csv": lambda p: duckdb.sql(f"from '{p}'").df(),
    },
}


@pytest.mark.parametrize(("who", "ending"), [(who, ending) for who in READERS for ending in READERS[who]])
def test_other_programs_read_every_row_without_help(small, tmp_path, who, ending):
    path = tmp_path / f"rows{ending}"
    assert small.save(path, expand=True).startswith(f"{path}: 120 rows")
    found = READERS[who][ending](str(path))
    wanted = full_rows(small)
    assert list(found.columns) == list(wanted)
    for key, values in wanted.items():
        if key == "node":
            assert found[key].astype(str).tolist() == values.tolist()
        else:
            np.testing.assert_array_equal(found[key].to_numpy(dtype=float), values, key)


@pytest.mark.parametrize(
    ("ending", "expand"),
    [(".parquet", False), (".parquet", True), (".arrow", False), (".arrow", True), (".npz", False)],
)
def test_an_opened_file_is_the_sweep_that_was_saved(small, tmp_path, ending, expand):
    path = tmp_path / f"it{ending}"
    small.save(path, expand=expand, compact=not expand and ending != ".npz")
    opened = open_sweep(path)
    assert (opened.dims, opened.shape, opened.outputs) == (small.dims, small.shape, small.outputs)
    for key in OUTPUTS:
        np.testing.assert_array_equal(opened[key], small[key])
    assert opened.provenance == provenance_of_file(path)
    assert opened.provenance.to_json() == small.provenance.to_json()
    assert opened.point((1, 3, 0)) == small.point((1, 3, 0))
    assert opened.to_arrow().equals(small.to_arrow())


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_says_what_it_answers_and_asking_again_gives_the_same_bytes(small, tmp_path, ending):
    first, second = tmp_path / "a" / f"it{ending}", tmp_path / "b" / f"it{ending}"
    for path in (first, second):
        path.parent.mkdir()
    small.save(first)
    request = request_of_file(first)
    assert request.to_spec() == small.request.to_spec()
    asked(request, parallel=False).save(second)
    assert left(first.parent) == left(second.parent)
    for name in left(first.parent):
        assert (first.parent / name).read_bytes() == (second.parent / name).read_bytes()


@pytest.mark.parametrize("ending", ENDINGS)
def test_axes_are_columns_unless_they_are_asked_to_be_stored_once(small, tmp_path, ending):
    path = tmp_path / f"it{ending}"
    small.save(path)
    if ending in (".parquet", ".arrow"):
        kept = tmp_path / f"once{ending}"
        small.save(kept, compact=True)
        read = pq.read_table if ending == ".parquet" else lambda p: pa.ipc.open_file(p).read_all()
        assert read(kept).column_names == OUTPUTS
        assert read(path).column_names == [*small.dims, *OUTPUTS]
        assert pa.types.is_dictionary(read(path).schema.field("node").type)
    if ending == ".parquet":
        field = pq.read_schema(path).field("good_die_cost_usd")
        assert field.metadata[b"unit"] == b"USD"
        assert field.metadata[b"meaning"]
    elif ending == ".npz":
        with np.load(path) as archive:
            assert set(archive) == {"nodecalc", *small.dims, *OUTPUTS}
            assert archive["d0_per_cm2"].shape == (30,)
            assert archive["gross_dies"].shape == small.shape
            assert json.loads(str(archive["nodecalc"]))["spec"]["outputs"] == OUTPUTS
    elif ending == ".csv":
        assert path.read_text().splitlines()[:2] == [
            "node,d0_per_cm2,wafer_price_usd,good_die_cost_usd,gross_dies",
            f"tsmc-n5,0.05,9000.0,{float(small['good_die_cost_usd'][0, 0, 0])!r},616.0",
        ]


def test_the_rule_in_the_metadata_gives_the_rows_in_polars(small, tmp_path):
    path = tmp_path / "once.parquet"
    small.save(path, compact=True)
    found, opened = pl.read_parquet(path).with_row_index("row"), open_sweep(path)
    below = opened.points
    for key, values in opened.coords.items():
        below //= len(values)
        found = found.with_columns(pl.Series(key, values.tolist())[found["row"] // below % len(values)])
    for key, values in full_rows(small).items():
        assert found[key].to_list() == values.tolist()


def test_the_rule_in_the_metadata_gives_the_rows_in_duckdb(small, tmp_path):
    path = tmp_path / "once.parquet"
    small.save(path, compact=True)
    rows = duckdb.execute(
        f"select (?::double[])[1 + file_row_number // 2 % 30] d0_per_cm2, good_die_cost_usd "
        f"from read_parquet('{path}', file_row_number=true) order by file_row_number",
        [small.coords["d0_per_cm2"].tolist()],
    ).fetchall()
    wanted = full_rows(small)
    assert rows == list(zip(wanted["d0_per_cm2"].tolist(), wanted["good_die_cost_usd"].tolist(), strict=True))


@given(
    lengths=st.lists(st.integers(1, 6), min_size=1, max_size=4),
    ends=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_axes_of_any_range_of_rows_are_those_of_the_whole_product(lengths, ends):
    axes = [Axis(f"a{i}", tuple(10.0 * i + j for j in range(n))) for i, n in enumerate(lengths)]
    points = int(np.prod(lengths))
    first, last = sorted(int(end * (points - 1)) for end in ends)
    places = np.unravel_index(np.arange(first, last + 1), lengths)
    for place, axis in enumerate(axes):
        np.testing.assert_array_equal(axis_indices(axes, place, first, last + 1), places[place])
        np.testing.assert_array_equal(axis_rows(axes, place, first, last + 1), axis.values()[places[place]])


def test_an_axis_of_ten_billion_values_is_never_made_whole():
    axes = [Axis("d0_per_cm2", Span(0.0, 1.0, 10**10, False)), Axis("node", ("a", "b"))]
    rows = axis_rows(axes, 0, 10**10 - 1, 10**10 + 2)
    np.testing.assert_array_equal(rows, axes[0].values(5 * 10**9 - 1, 5 * 10**9 + 1).repeat([1, 2]))


@pytest.mark.parametrize("ending", ENDINGS)
def test_one_point_and_an_output_that_is_an_axis_are_written_and_read(tmp_path, ending):
    one = nc.sweep("10x10", node="tsmc-n5", outputs=OUTPUTS)
    both = nc.sweep("10x10", node="tsmc-n5", wafer_price_usd=[1e4, 2e4], outputs=["wafer_price_usd", "die_cost_usd"])
    alone = nc.sweep("10x10", node="tsmc-n5", wafer_price_usd=[1e4, 2e4], outputs=["wafer_price_usd"])
    for number, sweep in enumerate((one, both, alone)):
        path = tmp_path / f"{number}{ending}"
        sweep.save(path)
        if ending == ".csv":
            frame = pd.read_csv(path)
            assert len(frame) == sweep.points
            assert sorted(frame.columns) == sorted({*sweep.dims, *sweep.outputs})
        else:
            opened = open_sweep(path)
            for key in sweep.outputs:
                np.testing.assert_array_equal(opened[key], sweep[key])


def test_what_the_user_changed_in_the_arrays_is_what_is_saved(tmp_path):
    sweep = grid()
    sweep["gross_dies"][0, 0, 0] = -1.0
    sweep.save(tmp_path / "it.parquet")
    assert pd.read_parquet(tmp_path / "it.parquet")["gross_dies"][0] == -1.0


def test_progress_is_told_up_to_the_last_point(tmp_path):
    for ending in ENDINGS:
        seen = []
        sweep = grid(d0_per_cm2="0.05:0.5:40000")
        sweep.tell = lambda done, total, seen=seen: seen.append((done, total))
        sweep.save(tmp_path / f"it{ending}")
        assert seen[-1] == (160_000, 160_000)
        assert seen == sorted(seen)


# CSV


FLOATS = st.integers(0, 2**64 - 1).map(lambda i: struct.unpack("<d", struct.pack("<Q", i))[0]) | st.floats(-1e6, 1e6)


@given(values=st.lists(FLOATS | st.integers(-(10**12), 10**12).map(float), min_size=1))
def test_numbers_read_back_the_same_and_always_look_like_numbers_with_a_fraction(values):
    for value, text in zip(values, shortest_all(values), strict=True):
        assert text == shortest(value)
        assert float(text) == value or (text == "NaN" and np.isnan(value))
        assert set(text) & set(".eN") or text.lstrip("-") == "inf"


def csv_bytes(frame, columns):
    file = io.BytesIO()
    writer = CsvWriter(file, frame)
    writer.write(0, columns)
    return file.getvalue()


@given(values=st.lists(FLOATS, min_size=2, max_size=40), name=st.sampled_from(["b", 'say "b"', "b,c", "b\nc"]))
def test_csv_has_the_same_bytes_with_and_without_pyarrow(values, name):
    axes = (Axis("node", ("a", name)), Axis("d0_per_cm2", tuple(values)))
    frame = Frame(axes, ("x",), ("x",), True, "{}")
    columns = {"x": np.array(values * 2)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "pyarrow", None)
        by_python = csv_bytes(frame, columns)
    assert csv_bytes(frame, columns) == by_python
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csvfile, "MOST_TEXTS", 1)
        assert (
            csv_bytes(frame._replace(axes=axes[1:]), {"x": columns["x"][: len(values)]}).count(b"\n") == len(values) + 1
        )


def test_columns_that_begin_whole_are_read_as_fractions_all_the_same(tmp_path):
    sweep = nc.sweep("10x10", node="tsmc-n5", critical_area_fraction=[1, 0.5], d0_per_cm2="0.01:1:30000")
    sweep.save(tmp_path / "it.csv")
    for who in READERS:
        frame = READERS[who][".csv"](str(tmp_path / "it.csv"))
        np.testing.assert_array_equal(frame["critical_area_fraction"].to_numpy(), np.repeat([1.0, 0.5], 30000))


def test_the_sidecar_of_a_csv_follows_csv_on_the_web(small, tmp_path):
    small.save(tmp_path / "it.csv")
    held = json.loads((tmp_path / "it.csv-metadata.json").read_text())
    assert (held["@context"], held["url"]) == ("http://www.w3.org/ns/csvw", "it.csv")
    columns = {column["name"]: column for column in held["tableSchema"]["columns"]}
    assert list(columns) == list(full_rows(small))
    assert (columns["node"]["datatype"], columns["d0_per_cm2"]["datatype"]) == ("string", "double")
    assert columns["d0_per_cm2"]["schema:unitText"] == "1/cm2"
    (tmp_path / "it.csv-metadata.json").unlink()
    with pytest.raises(InputError, match=r"it\.csv-metadata\.json, which is not beside it"):
        request_of_file(tmp_path / "it.csv")


# Refusals


@pytest.mark.parametrize("ending", [".parquet", ".arrow"])
def test_without_pyarrow_one_line_says_what_to_install(small, tmp_path, ending, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=rf"^{ending} needs pyarrow: pip install 'nodecalc\[arrow\]'$"):
        small.save(tmp_path / f"it{ending}")
    with pytest.raises(InputError, match="needs pyarrow"):
        small.to_arrow()
    with pytest.raises(InputError, match=r"folder of \.parquet parts needs pyarrow"):
        small.save(f"{tmp_path}/parts/")
    for plain in (".csv", ".npz"):
        small.save(tmp_path / f"it{plain}")
        assert request_of_file(tmp_path / f"it{plain}").outputs == small.outputs


@pytest.mark.parametrize("name", ["it", "it.txt", "it.parquet.gz"])
def test_other_endings_are_refused_with_those_that_are_allowed(small, tmp_path, name):
    with pytest.raises(InputError, match=r"allowed: \.parquet, \.arrow, \.csv, \.npz, or a folder"):
        small.save(tmp_path / name)
    assert left(tmp_path) == []


def test_options_that_a_file_cannot_follow_are_refused(small, tmp_path):
    for options, message in (
        ({"resume": True}, "one file, which is there whole or not; give a folder"),
        ({"client": object()}, "give a folder that all of them see"),
    ):
        with pytest.raises(InputError, match=message):
            small.save(tmp_path / "it.parquet", **options)
    with pytest.raises(InputError, match="axes as arrays of their own"):
        small.save(tmp_path / "it.npz", expand=True)


def test_what_cannot_be_replaced_is_refused(small, tmp_path):
    device = tmp_path / "null.csv"
    device.symlink_to("/dev/null")
    heard = socket.socket(socket.AF_UNIX)
    with heard:
        heard.bind(str(tmp_path / "socket.csv"))
        for name in ("null.csv", "socket.csv"):
            with pytest.raises(InputError, match="no regular file"):
                small.save(tmp_path / name)
    with pytest.raises(InputError, match=r"there is no folder '.*missing'"):
        small.save(tmp_path / "missing" / "it.csv")
    assert left(tmp_path) == ["null.csv", "socket.csv"]


def test_a_link_is_followed_and_permissions_are_kept(small, tmp_path):
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    small.save(link)
    assert link.is_symlink()
    assert real.read_text().startswith("node,")
    assert real.stat().st_mode & 0o777 == 0o640
    assert left(tmp_path) == ["link.csv", "real.csv", "real.csv-metadata.json"]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_disk_without_room_is_noticed_before_the_work(tmp_path, ending, monkeypatch):
    large = nc.sweep("10x10", node="tsmc-n5", d0_per_cm2="0.05:0.5:10000000", wafer_price_usd="1000:2000:1000000")
    with pytest.raises(OutputError, match=r"needs .*B, .*B are free; nothing was written") as caught:
        large.save(tmp_path / f"it{ending}")
    assert caught.value.filename == str(tmp_path / f"it{ending}")
    with pytest.raises(OutputError, match="B are free"):
        large.save(f"{tmp_path}/parts/")
    assert left(tmp_path) == []


@pytest.mark.parametrize("damage", ["cut", "other", "empty", "text"])
@pytest.mark.parametrize("ending", OPENED)
def test_damaged_and_foreign_files_are_refused_in_one_line(small, tmp_path, ending, damage):
    path = tmp_path / f"it{ending}"
    small.save(path)
    whole = path.read_bytes()
    if damage == "other":
        if ending == ".npz":
            np.savez(path, x=np.zeros(3))
        elif ending == ".parquet":
            pd.DataFrame({"x": [1.0]}).to_parquet(path)
        else:
            pl.DataFrame({"x": [1.0]}).write_ipc(path)
    else:
        path.write_bytes({"cut": whole[: len(whole) // 2], "empty": b"", "text": b"good morning\n" * 9}[damage])
    with pytest.raises(InputError, match="give a file that nodecalc wrote") as caught:
        open_sweep(path)
    assert "\n" not in str(caught.value)


def test_a_file_of_other_rows_than_its_question_is_refused(small, tmp_path):
    table = small.to_arrow(expand=False)
    pq.write_table(table.slice(1), tmp_path / "it.parquet")
    with pytest.raises(InputError, match="damaged"):
        open_sweep(tmp_path / "it.parquet")


def test_opening_says_what_cannot_be_opened(small, tmp_path):
    small.save(tmp_path / "it.csv")
    with pytest.raises(InputError, match="not read back from CSV"):
        open_sweep(tmp_path / "it.csv")
    with pytest.raises(FileNotFoundError, match=r"gone\.parquet"):
        open_sweep(tmp_path / "gone.parquet")
    with pytest.raises(InputError, match="no such folder"):
        open_sweep(f"{tmp_path}/gone/")
    with pytest.raises(InputError, match=r"a folder without _nodecalc\.json"):
        open_sweep(tmp_path)


# Whole or not there


class Stop(Exception):
    pass


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("stop", [KeyboardInterrupt, Stop, MemoryError])
def test_whatever_ends_the_work_leaves_what_was_there(tmp_path, ending, stop):
    path = tmp_path / f"it{ending}"
    path.write_text("before")
    sweep = grid(d0_per_cm2="0.05:0.5:700000")

    def tell(done, total):
        raise stop

    sweep.tell = tell
    with pytest.raises(stop) as caught:
        sweep.save(path)
    if stop is KeyboardInterrupt:
        assert caught.value.args == (f"{path} was not written",)
    assert left(tmp_path) == [path.name]
    assert path.read_text() == "before"


FULL_DISK = """
import os, resource, sys
import nodecalc as nc
from nodecalc.errors import OutputError
sweep = nc.sweep("10x10", node="tsmc-n5", d0_per_cm2="0.05:0.5:400000", outputs=["good_die_cost_usd"])
sweep.arrays
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
try:
    sweep.save(sys.argv[1])
except OutputError as error:
    print(error.filename, error.strerror, sep="|")
print(os.listdir("."))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files")
@pytest.mark.parametrize("target", ["it.parquet", "it.arrow", "it.csv", "it.npz", "parts/"])
def test_a_disk_that_fills_up_gives_one_line_and_nothing_half_written(child_environment, tmp_path, target):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FULL_DISK, target],
        env=child_environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    line, files = done.stdout.splitlines()
    reason = "File too large; 0 of 1 part are kept in parts/; --resume continues"
    assert line == (f"parts/|{reason}" if target == "parts/" else f"{target}|File too large; it was not written")
    assert files == ("['parts']" if target == "parts/" else "[]")
    if target == "parts/":
        assert left(tmp_path / "parts") == ["_nodecalc.json"]


def test_leftovers_of_the_dead_are_removed_and_those_of_the_living_are_not(tmp_path):
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    child.wait()
    host = os.uname().nodename
    dead, other = f".it.csv.{host}.{child.pid}.0{SUFFIX}", f".other.csv.{host}.{child.pid}.0{SUFFIX}"
    living = f".it.csv.{host}.{os.getppid()}.0{SUFFIX}"
    elsewhere, foreign = f".it.csv.not{host}.{child.pid}.0{SUFFIX}", f".it.csv{SUFFIX}"
    for name in (dead, other, living, elsewhere, foreign):
        (tmp_path / name).write_text("half")
    with Beside(tmp_path / "it.csv") as file:
        file.write(b"x")
        with Beside(tmp_path / "it.csv") as second:  # does not take the first one for a leftover
            second.write(b"y")
    assert left(tmp_path) == sorted([other, living, elsewhere, foreign, "it.csv"])
    remove_leftovers(tmp_path)
    assert left(tmp_path) == sorted([living, elsewhere, foreign, "it.csv"])


def test_names_as_long_as_the_file_system_allows_can_be_written(tmp_path):
    path = tmp_path / ("n" * 251 + ".csv")
    with Beside(path) as file:
        file.write(b"x")
    assert left(tmp_path) == [path.name]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_an_error_of_the_file(small, tmp_path):
    tmp_path.chmod(0o555)
    with pytest.raises(OutputError, match="Permission denied"):
        small.save(tmp_path / "it.csv")


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_ctrl_c_stops_a_large_file_at_once(child_environment, interrupt, tmp_path):
    code = (
        "import sys, nodecalc as nc\n"
        "s = nc.sweep('10x10', node='tsmc-n5', d0_per_cm2='0.05:0.5:100000', wafer_price_usd='1000:2000:1000')\n"
        "s.tell = lambda done, total: print(done, flush=True)\n"
        "try: s.save(sys.argv[1])\n"
        "except KeyboardInterrupt as stop: print(stop, flush=True)\n"
    )
    for name in ("it.parquet", "it.csv"):
        child = subprocess.Popen(
            [sys.executable, "-c", code, name],
            env=child_environment | {"NUMBA_NUM_THREADS": "2"},
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            text=True,
        )
        child.stdout.readline()
        out = interrupt(child)()
        assert out.splitlines()[-1] == f"{name} was not written"
        assert left(tmp_path) == []


def test_metadata_that_no_reader_takes_are_refused(small, tmp_path, monkeypatch):
    monkeypatch.setattr("nodecalc.files.arrow.MOST_METADATA", 100)
    with pytest.raises(InputError, match="one by one are more than a file's metadata hold"):
        small.save(tmp_path / "it.parquet")


def test_what_is_written_is_never_in_memory_all_at_once(tmp_path):
    sweep = nc.sweep("10x10", node="tsmc-n5", d0_per_cm2="0.05:0.5:1001", wafer_price_usd="9000:10000:16000")
    sweep.save(tmp_path / "first.parquet")  # what is compiled and loaded is no part of it
    for ending in (".parquet", ".npz"):
        tracemalloc.start()
        sweep.save(tmp_path / f"it{ending}")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 0.6 * 8 * sweep.points


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a small disk")
def test_a_small_disk_that_runs_full_is_left_as_it_was(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("may not mount")
    try:
        sweep = nc.sweep("10x10", node="tsmc-n5", d0_per_cm2="0.05:0.5:100000")  # 0.4 MB at least, really 3 MB
        with pytest.raises(OutputError, match="No space left on device; it was not written"):
            sweep.save(disk / "it.csv")
        assert left(disk) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_columns_that_repeat_take_next_to_nothing(tmp_path):
    sweep = nc.sweep("10x10", node="tsmc-n5", d0_per_cm2="0.05:0.5:300000", outputs=["gross_dies"])
    sweep.save(tmp_path / "it.parquet", compact=True)
    assert (tmp_path / "it.parquet").stat().st_size < 30_000
    table = table_of(sweep)
    assert saving.parquet_bytes(frame_of(table, False), table.rows, table.points) == 0


def test_an_archive_of_arrays_is_stored_without_a_date(small, tmp_path):
    small.save(tmp_path / "it.npz")
    with zipfile.ZipFile(tmp_path / "it.npz") as archive:
        assert archive.testzip() is None
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


class Numbered:
    """Rows that no sweep worked out: the number of each."""

    def fill(self, tiles, first, last, room):
        begin, end = tiles.start(first), tiles.start(last)
        for array in room.values():
            array[: end - begin] = np.arange(begin, end)
        return {key: array[: end - begin] for key, array in room.items()}

    def size_of(self, key):
        return 21

    def tile_points(self, keys):
        return 3


@pytest.mark.parametrize("ending", [*OPENED, "/"])
def test_files_take_any_table_of_rows(tmp_path, ending):
    axes = (Axis("node", ("a", "b", "c")), Axis("d0_per_cm2", Span(0.0, 1.0, 7, False)))
    table = Table(
        axes, ("die_yield", "d0_per_cm2"), Numbered(), lambda: '{"spec": 1, "version": 2, "catalogue_digest": 3}', dict
    )
    name = f"{tmp_path}/it{ending}"
    assert " 21 " in saving.save(table, name)
    assert json.loads(metadata_of_file(name))["spec"] == 1
    found = results_of_file(name, axes, table.outputs, table.shape)
    assert found["d0_per_cm2"].tolist() == [axes[1].values().tolist()] * 3
    assert found["die_yield"].tolist() == np.arange(21.0).reshape(3, 7).tolist()


FIXTURES = Path(__file__).parents[1] / "golden" / "files_of_0_1_0"


@pytest.mark.parametrize("name", ["grid.parquet", "grid.arrow", "grid.npz", "expanded.parquet", "grid/"])
def test_files_of_version_0_1_0_still_open(name):
    opened = open_sweep(f"{FIXTURES}/{name}")
    assert opened.provenance.version == "0.1.0"
    assert opened.dims == ("node", "d0_per_cm2", "wafer_price_usd")
    assert opened.coords["node"].tolist() == ["tsmc-n5", "smic-n+2"]
    # What the CSV of the same run holds, read by nothing of ours.
    rows = pd.read_csv(FIXTURES / "grid.csv")
    for key in OUTPUTS:
        assert opened[key].reshape(-1).tolist() == rows[key].tolist()
    frame = opened.to_pandas()
    assert frame["d0_per_cm2"].tolist() == rows["d0_per_cm2"].tolist()
    assert asked(request_of_file(f"{FIXTURES}/{name}"))["gross_dies"].tolist() == opened["gross_dies"].tolist()


def test_the_csv_of_version_0_1_0_says_what_it_answers():
    assert request_of_file(FIXTURES / "grid.csv").to_spec() == request_of_file(FIXTURES / "grid.npz").to_spec()


def test_above_ten_million_rows_axes_stand_in_the_metadata_and_the_text_says_so(small, tmp_path, monkeypatch):
    assert saving.MOST_EXPANDED == 10_000_000
    assert "--expand" not in small.save(tmp_path / "few.parquet")
    monkeypatch.setattr(saving, "MOST_EXPANDED", 119)
    assert "--expand makes columns" in small.save(tmp_path / "many.parquet")
    assert pq.read_schema(tmp_path / "many.parquet").names == OUTPUTS
    assert "--expand" not in small.save(tmp_path / "asked.parquet", compact=True)
    small.save(tmp_path / "all.parquet", expand=True)
    assert pq.read_schema(tmp_path / "all.parquet").names == [*small.dims, *OUTPUTS]
    assert "--expand makes columns" in small.save(f"{tmp_path}/parts/")


def test_a_folder_that_was_begun_without_columns_goes_on_so(small, tmp_path):
    small.save(f"{tmp_path}/parts/", compact=True)
    (part,) = (tmp_path / "parts").glob("part-*")
    part.unlink()
    small.save(f"{tmp_path}/parts/", resume=True)
    assert pq.read_schema(part).names == OUTPUTS


def test_both_at_once_and_a_compact_csv_are_refused(small, tmp_path):
    with pytest.raises(InputError, match="give one of them"):
        small.save(tmp_path / "x.parquet", expand=True, compact=True)
    with pytest.raises(InputError, match="--compact"):
        small.save(tmp_path / "x.csv", compact=True)


def test_frames_of_pandas_and_polars_and_anything_that_takes_arrow(small, monkeypatch):
    wanted = full_rows(small)
    pandas, polars = small.to_pandas(), small.to_polars()
    for frame in (pandas, polars, pl.DataFrame(small), pa.table(small).to_pandas()):
        for key, values in wanted.items():
            assert list(frame[key]) == values.tolist()
    assert duckdb.sql("select count(*) from small").fetchall() == [(120,)]
    assert str(pandas["node"].dtype) == "category"
    for module, call in (("pandas", small.to_pandas), ("polars", small.to_polars)):
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(InputError, match=f"pip install {module}"):
            call()
