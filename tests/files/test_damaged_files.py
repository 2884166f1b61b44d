"""Sweep files that a disk, a copy or somebody altered: read back as they were written, or refused in one line."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

import nodecalc as nc
from nodecalc.drivers.sweep.asking import asked
from nodecalc.drivers.sweep.opening import open_sweep, provenance_of_file, request_of_file
from nodecalc.errors import InputError
from nodecalc.files import parts
from nodecalc.files.proof import PROOF_KEY

FIXTURES = Path(__file__).parents[1] / "golden" / "files_of_0_1_0"


@pytest.fixture(scope="module")
def sweep() -> nc.Sweep:
    return nc.sweep(
        "10x10",
        node=["tsmc-n5", "smic-n+2"],
        d0_per_cm2="0.05:0.5:40",
        outputs=["good_die_cost_usd", "die_yield"],
    )


@pytest.fixture(scope="module")
def same(sweep: nc.Sweep) -> Any:
    def check(path: Path) -> bool:
        """Whether a file reads back as it was written; a refusal is one line, anything else is changed silently."""
        try:
            opened = open_sweep(path)
        except (InputError, OSError) as error:
            return "\n" in str(error)
        for key in sweep.outputs:
            np.testing.assert_array_equal(opened[key], sweep[key])
        assert opened.provenance.to_json() == json_of(sweep)
        assert opened.request.to_spec() == sweep.request.to_spec()
        return True

    return check


def json_of(sweep: nc.Sweep) -> str:
    return sweep.provenance.to_json()


@pytest.mark.parametrize("ending", [".parquet", ".arrow", ".npz", "/"])
def test_no_flipped_bit_is_read_back_silently(tmp_path: Path, sweep: nc.Sweep, same: Any, ending: str) -> None:
    sweep.save(f"{tmp_path}/it{ending}")
    whole = tmp_path / f"it{ending}"
    assert same(whole)
    rng = random.Random(7)
    for path in whole.iterdir() if ending == "/" else [whole]:
        data = path.read_bytes()
        for _ in range(60):
            place, bit = rng.randrange(len(data)), 1 << rng.randrange(8)
            path.write_bytes(data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :])
            same(whole)
        for length in (0, 1, len(data) // 2, len(data) - 2):
            path.write_bytes(data[:length])
            assert not same(whole)
        path.write_bytes(data)
        assert same(whole)


def test_a_changed_value_names_its_column_and_its_part(
    tmp_path: Path, sweep: nc.Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "PART_ROWS", 40)
    monkeypatch.setattr(parts, "tile_limit", lambda *_: 20)
    sweep.save(f"{tmp_path}/out/")
    part = tmp_path / "out" / "part-000001.parquet"
    data, value = part.read_bytes(), sweep["die_yield"].reshape(-1)[41].tobytes()
    assert data.count(value) >= 1
    part.write_bytes(data.replace(value, np.float64(0.5).tobytes()))
    with pytest.raises(
        InputError, match=r"part-000001.parquet': its column die_yield is not as it was written.*--resume"
    ):
        open_sweep(tmp_path / "out")
    part.unlink()
    sweep.save(f"{tmp_path}/out/", resume=True)
    np.testing.assert_array_equal(open_sweep(tmp_path / "out")["die_yield"], sweep["die_yield"])
    first = tmp_path / "out" / "part-000000.parquet"
    part.write_bytes(first.read_bytes())
    with pytest.raises(InputError, match=r"part-000001\.parquet': it is another part than its name says"):
        open_sweep(tmp_path / "out")


@pytest.mark.parametrize(
    ("held", "damaged"),
    [
        (b'{"columns": {"', b'{"columnz": {"'),  # a name in the checksums
        (b'": "', b'": ~'),  # they are JSON no more
        (b'"die_yield": "', b'"die_yi_ld": "'),  # a column of them
        (b'"in_batches": true', b'"in_bunches": true'),
    ],
)
def test_damage_in_checksums_does_not_let_damage_in_values_through(
    tmp_path: Path, sweep: nc.Sweep, held: bytes, damaged: bytes
) -> None:
    path = tmp_path / "it.arrow"
    sweep.save(path)
    data, value = path.read_bytes(), sweep["die_yield"].reshape(-1)[41].tobytes()
    assert held in data
    assert value in data
    path.write_bytes(data.replace(held, damaged).replace(value, np.float64(0.5).tobytes()))
    with pytest.raises(InputError, match=r"not as it was written|not in the order|checksums are gone"):
        open_sweep(path)


def test_values_that_change_together_with_their_pages_are_found(tmp_path: Path, sweep: nc.Sweep) -> None:
    """A rewritten file has right page checksums; the column's own is what tells."""
    path = tmp_path / "it.parquet"
    sweep.save(path)
    held, table = pq.read_metadata(path).metadata, pq.read_table(path)
    place = table.column_names.index("die_yield")
    column = pa.array(np.full(table.num_rows, 0.5))
    changed = table.set_column(place, table.schema.field(place), column).replace_schema_metadata(held)
    pq.write_table(changed, path)
    with pytest.raises(InputError, match="its column die_yield is not as it was written"):
        open_sweep(path)


def test_batches_in_another_order_are_found(tmp_path: Path) -> None:
    sweep = nc.sweep("10x10", node="tsmc-n5", d0_per_cm2="0.05:0.5:1100000")
    path = tmp_path / "it.arrow"
    sweep.save(path, compact=True)
    with pa.memory_map(str(path)) as file:
        opened = pa.ipc.open_file(file)
        batches = [opened.get_batch_with_custom_metadata(i) for i in range(opened.num_record_batches)]
        assert len(batches) > 1
        with pa.OSFile(f"{tmp_path}/other.arrow", "wb") as out, pa.ipc.new_file(out, opened.schema) as writer:
            for batch, custom in reversed(batches):
                writer.write_batch(batch, custom)
    with pytest.raises(InputError, match="batches are not in the order"):
        open_sweep(tmp_path / "other.arrow")


def test_other_readers_can_verify_the_pages(tmp_path: Path, sweep: nc.Sweep) -> None:
    path = tmp_path / "it.parquet"
    sweep.save(path)
    data, value = path.read_bytes(), sweep["die_yield"].reshape(-1)[3].tobytes()
    path.write_bytes(data.replace(value, np.float64(0.5).tobytes()))
    with pytest.raises(OSError, match="CRC"):
        pq.read_table(path, page_checksum_verification=True)


def test_a_csv_has_its_metadata_proved(tmp_path: Path, sweep: nc.Sweep) -> None:
    sweep.save(tmp_path / "it.csv")
    sidecar = tmp_path / "it.csv-metadata.json"
    text = sidecar.read_text(encoding="utf-8")
    sidecar.write_text(text.replace("0.05", "0.06"), encoding="utf-8")
    with pytest.raises(InputError, match="what it says of itself is not as it was written"):
        request_of_file(tmp_path / "it.csv")


# Metadata that somebody edited: a file may come from anywhere


def edited(tmp_path: Path, sweep: nc.Sweep, **changes: Any) -> Path:
    """Return a file of `sweep` whose metadata were changed by somebody who knows how."""
    held = json.loads(json_of(sweep))
    for place, value in changes.items():
        *above, last = place.split("__")
        at: Any = held
        for key in above:
            at = at[int(key) if key.isdigit() else key]
        at[int(last) if last.isdigit() else last] = value
    path = tmp_path / "edited.npz"
    np.savez(path, nodecalc=np.array(json.dumps(held)), **{key: sweep[key] for key in sweep.outputs})
    return path


WRONG: list[dict[str, Any]] = [
    {"spec": None},
    {"spec": []},
    {"spec__size": []},
    {"spec__size": 1e400},
    {"spec__chip": 5},
    {"spec__fixed": 5},
    {"spec__fixed": {"d0": 1}},
    {"spec__fixed": {"alpha": []}},
    {"spec__fixed": {"alpha": 10**400}},
    {"spec__fixed": {"wafer_price_usd": 1e300}},
    {"spec__fixed": {"node": 5}},
    {"spec__axes": {}},
    {"spec__axes": [5]},
    {"spec__axes__0__values": []},
    {"spec__axes__0__values": "ab"},
    {"spec__axes__0__values": [1, 2]},
    {"spec__axes__0__key": ["node"]},
    {"spec__axes__1__key": "colour"},
    {"spec__axes__1__count": float("inf")},
    {"spec__axes__1__count": -5},
    {"spec__axes__1__count": 0},
    {"spec__axes__1__count": 10**30},
    {"spec__axes__1__count": True},
    {"spec__axes__1__start": "0.1"},
    {"spec__axes__1__start": float("nan")},
    {"spec__axes__1__start": -1},
    {"spec__axes__1__stop": 0.01},
    {"spec__axes__1__stop": 1e300},
    {"spec__axes__1__log": 1},
    {"spec__outputs": []},
    {"spec__outputs": [5]},
    {"spec__outputs": "colour"},
    {"spec__strict": "yes"},
    {"spec__catalogue": 5},
    {"spec__catalogue": "/dev/zero"},
    {"catalogue_digest": 5},
    {"version": 5},
    {"version": "\x1b[31m0.1"},
    {"version": "\u202e0.1"},
    {"figures": None},
    {"figures": [None]},
    {"figures__0__value": "5"},
    {"figures__0__node": []},
    {"notes": "text"},
    {"notes": ["two\nlines"]},
    {"sources": [{}]},
]


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_edited_metadata_are_one_line(tmp_path: Path, sweep: nc.Sweep, number: int) -> None:
    path = edited(tmp_path, sweep, **WRONG[number])
    with pytest.raises(InputError) as raised:
        open_sweep(path)
    assert str(raised.value).isprintable()
    assert "edited.npz" in str(raised.value)


def test_metadata_nested_without_end_are_one_line(tmp_path: Path, sweep: nc.Sweep) -> None:
    path = tmp_path / "deep.npz"
    np.savez(path, nodecalc=np.array("[" * 100_000), **{key: sweep[key] for key in sweep.outputs})
    with pytest.raises(InputError, match="holds no sweep"):
        open_sweep(path)


def test_a_catalogue_is_used_only_with_its_digest(tmp_path: Path, sweep: nc.Sweep) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('schema = 1\n[node."x"]\nname = "X"\nfoundry = "X"\n', encoding="utf-8")
    path = edited(tmp_path, sweep, spec__catalogue=str(mine))
    with pytest.raises(InputError, match="a catalogue file and its digest belong together"):
        open_sweep(path)
    path = edited(tmp_path, sweep, spec__catalogue=str(mine), catalogue_digest="00")
    with pytest.raises(InputError, match="is gone or has changed"):
        open_sweep(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_pipes_and_devices_are_refused_and_not_waited_for(tmp_path: Path, sweep: nc.Sweep) -> None:
    for ending in (".parquet", ".arrow", ".npz", ".csv"):
        os.mkfifo(tmp_path / f"pipe{ending}")
        with pytest.raises(InputError, match="no regular file"):
            request_of_file(tmp_path / f"pipe{ending}")
    os.mkfifo(tmp_path / "it.csv-metadata.json")
    (tmp_path / "it.csv").touch()
    with pytest.raises(InputError):
        request_of_file(tmp_path / "it.csv")
    for name in ("/dev/zero", str(tmp_path / "pipe.csv")):
        with pytest.raises(nc.NodecalcError, match="no regular file"):
            nc.load_catalogue(name)
        with pytest.raises(nc.NodecalcError, match="no regular file"):
            nc.wafer_cost("tsmc-n5", stack=name)
        with pytest.raises(nc.NodecalcError, match="no regular file"):
            nc.fit(name)


def test_an_archive_that_claims_to_be_enormous_is_not_unpacked(tmp_path: Path, sweep: nc.Sweep) -> None:
    sweep.save(tmp_path / "it.npz")
    for key, shape in (("die_yield", "(100000000000,)"), ("nodecalc", "()")):
        path = tmp_path / f"{key}.npz"
        with zipfile.ZipFile(tmp_path / "it.npz") as old, zipfile.ZipFile(path, "w") as new:
            for name in old.namelist():
                data = old.read(name)
                if name == f"{key}.npy":
                    kind = "<f8" if key == "die_yield" else "<U200000000000"
                    head = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
                    data = b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode() + bytes(64)
                new.writestr(name, data)
        with pytest.raises(InputError, match="damaged"):
            open_sweep(path)


@pytest.mark.parametrize("ending", [".parquet", ".arrow", "/", ".csv"])
def test_checksums_whose_own_name_is_damaged_are_missed(tmp_path: Path, sweep: nc.Sweep, ending: str) -> None:
    sweep.save(f"{tmp_path}/it{ending}")
    whole = tmp_path / f"it{ending}"
    beside = {".csv": [tmp_path / "it.csv-metadata.json"], "/": list(whole.iterdir()) if whole.is_dir() else []}
    for path in beside.get(ending, [whole]):
        data = path.read_bytes()
        path.write_bytes(data.replace(PROOF_KEY.encode(), PROOF_KEY.upper().encode()))
        with pytest.raises(InputError, match="its checksums are gone"):
            provenance_of_file(whole) if ending == ".csv" else open_sweep(whole).arrays
        path.write_bytes(data)


@pytest.mark.parametrize("write", [pq.write_table, feather.write_feather])
def test_a_table_that_others_wrote_is_opened_without_checksums_of_columns(
    tmp_path: Path, sweep: nc.Sweep, write: Any
) -> None:
    path = tmp_path / ("it.parquet" if write is pq.write_table else "it.arrow")
    write(sweep.to_arrow(expand=False), path, compression="none" if write is pq.write_table else "uncompressed")
    opened = open_sweep(path)
    assert all(np.array_equal(opened[key], sweep[key]) for key in sweep.outputs)


def test_files_without_checksums_are_read_as_they_are() -> None:
    for name in ("grid.parquet", "grid.arrow", "grid.npz", "grid"):
        assert asked(request_of_file(FIXTURES / name))["gross_dies"].size
        assert provenance_of_file(FIXTURES / name).version == "0.1.0"
    assert PROOF_KEY.encode() not in (pq.read_metadata(FIXTURES / "grid.parquet").metadata or {})


@pytest.mark.parametrize("ending", [".parquet", ".arrow", ".npz", "/"])
def test_names_that_are_no_utf_8_are_read_back(sweep: nc.Sweep, same: Any, tmp_path: Path, ending: str) -> None:
    name = os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff" + ending.encode())
    sweep.save(name)
    assert same(Path(name)) if ending != "/" else same(name)


@pytest.mark.parametrize("ending", [".parquet", ".arrow"])
def test_answers_under_names_that_are_no_utf_8_are_asked_again(tmp_path: Path, ending: str) -> None:
    name = os.fsencode(tmp_path) + b"/bad\xff" + ending.encode()
    run = [sys.executable, "-m", "nodecalc", "die"]
    subprocess.run([*run, "100", "-n", "n5", "-o", name], check=True, capture_output=True)
    again = subprocess.run([*run, "--again", name], check=True, capture_output=True)
    assert again.stdout == subprocess.run([*run, "100", "-n", "n5"], check=True, capture_output=True).stdout
