"""Arrow tables and readers of a sweep: rows with their axes, units and provenance, worked out as they are read."""

import json
import threading

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pytest

import nodecalc as nc
from nodecalc.errors import InputError
from nodecalc.files import arrow

OUTPUTS = ["good_die_cost_usd", "gross_dies"]


@pytest.fixture
def sweep():
    return nc.sweep(
        "10x10",
        node=["tsmc-n5", "smic-n+2", "tsmc-n7"],
        d0_per_cm2="0.05:0.5:100",
        wafer_price_usd=[9000, 10000, 11000],
        outputs=OUTPUTS,
    )


def rows(sweep):
    mesh = np.meshgrid(*sweep.coords.values(), indexing="ij")
    axes = dict(zip(sweep.dims, (m.reshape(-1).tolist() for m in mesh), strict=True))
    return axes | {key: sweep[key].reshape(-1).tolist() for key in sweep.outputs}


def test_a_table_has_every_point_with_its_axes(sweep):
    table = sweep.to_arrow()
    assert table.to_pydict() == rows(sweep)
    table.validate(full=True)
    assert pa.types.is_dictionary(table.schema.field("node").type)
    assert {table.schema.field(key).type for key in table.column_names[1:]} == {pa.float64()}
    assert not any(field.nullable for field in table.schema)


def test_a_table_without_axes_has_the_results_alone(sweep):
    assert sweep.to_arrow(expand=False).to_pydict() == {key: rows(sweep)[key] for key in OUTPUTS}


def test_fields_say_unit_and_meaning_and_the_schema_says_the_rest(sweep):
    schema = sweep.to_arrow().schema
    assert schema.field("d0_per_cm2").metadata[b"unit"] == b"1/cm2"
    assert schema.field("node").metadata == {b"meaning": b"process node"}
    assert b"unit" not in schema.field("gross_dies").metadata
    assert schema.metadata[b"nodecalc"].decode() == sweep.provenance.to_json()
    assert json.loads(schema.metadata[b"nodecalc"])["spec"]["axes"][1]["count"] == 100


def test_a_table_shares_the_memory_of_the_arrays(sweep):
    column = sweep.to_arrow().column("gross_dies").chunk(0).to_numpy()
    assert np.shares_memory(column, sweep["gross_dies"])


@pytest.mark.parametrize("expand", [False, True])
def test_a_reader_gives_the_same_rows_a_batch_at_a_time(sweep, monkeypatch, expand):
    monkeypatch.setattr(arrow, "BATCH_ROWS", 128)
    seen = []
    sweep.tell = lambda done, total: seen.append((done, total))
    batches = list(sweep.to_reader(expand))
    assert len(batches) > 3
    assert sweep._arrays is None  # nothing is kept
    assert seen[-1] == (900, 900)
    sweep.tell = None
    assert pa.Table.from_batches(batches).equals(sweep.to_arrow(expand))


def test_a_reader_works_out_what_is_read_and_no_more():
    endless = nc.sweep("10x10", node="tsmc-n5", d0_per_cm2="0.05:0.5:1000000000", wafer_price_usd="1:9:1000000000")
    reader = endless.to_reader()
    batch = reader.read_next_batch()
    assert 0 < batch.num_rows < 2 * arrow.BATCH_ROWS
    assert batch.column("d0_per_cm2")[0].as_py() == 0.05
    assert batch.column("wafer_price_usd").to_numpy()[1] == endless.request.axes[1].at(1)


def test_polars_and_duckdb_take_tables_and_readers_as_they_are(sweep):
    wanted = rows(sweep)
    for made in (sweep.to_arrow(), sweep.to_reader()):
        frame = pl.from_arrow(made)
        assert {key: frame[key].to_list() for key in frame.columns} == wanted
    for made in (sweep.to_arrow(), sweep.to_reader()):
        usd = duckdb.from_arrow(made).aggregate("sum(good_die_cost_usd)").fetchall()[0][0]
        assert usd == pytest.approx(sweep["good_die_cost_usd"].sum(), rel=1e-12)


def test_a_reader_may_be_read_in_another_thread(sweep):
    found = []
    reader = sweep.to_reader()
    thread = threading.Thread(target=lambda: found.append(reader.read_all()))
    thread.start()
    thread.join()
    assert found[0].to_pydict() == rows(sweep)


def test_an_output_that_is_an_axis_is_one_column():
    both = nc.sweep("10x10", node="tsmc-n5", wafer_price_usd=[1e4, 2e4], outputs=["wafer_price_usd"])
    assert both.to_arrow().to_pydict() == {"wafer_price_usd": [1e4, 2e4]}
    assert both.to_arrow(expand=False).to_pydict() == {"wafer_price_usd": [1e4, 2e4]}
    assert both.to_reader().read_all().num_rows == 2


def test_one_point_is_one_row():
    one = nc.sweep("10x10", node="tsmc-n5", outputs=OUTPUTS)
    assert one.to_arrow().to_pydict() == rows(one)


def test_without_pyarrow_one_line_says_what_to_install(sweep, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    for call, name in ((sweep.to_arrow, "to_arrow"), (sweep.to_reader, "to_reader")):
        with pytest.raises(InputError, match=rf"^{name} needs pyarrow: pip install 'nodecalc\[arrow\]'$"):
            call()
