"""Sweeps to files: calculation and writing together, against pyarrow alone writing the same column from memory.

Run it alone: ``python benchmarks/bench_files.py``; pyarrow must be there. What was written is read back and compared.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pcsv
import pyarrow.parquet as pq
from bench_evaluate import compared, interleaved, table

import nodecalc as nc
from nodecalc.drivers.sweep.opening import open_sweep
from nodecalc.files.arrow import FILE_VERSION, GROUP_ROWS

OUTPUT = "good_die_cost_usd"
ROUNDS = 7
CSV_SHARE = 20
"""CSV is so much slower that this share of the points will do."""


def asked(prices: int) -> nc.Sweep:
    """A sweep of a hundred thousand points a price."""
    return nc.sweep(
        "10x10",
        node="tsmc-n5",
        wafer_price_usd=f"5000:20000:{prices}",
        critical_area_fraction="0.1:1:100",
        d0_per_cm2="0.05:0.5:1000",
        outputs=[OUTPUT],
    )


def with_fsync(path: Path, write: Callable[[], object]) -> None:
    """Write, and see to it that the file is on the disk, as `save` does."""
    write()
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def anew(sweep: nc.Sweep, folder: Path) -> None:
    """Write the folder in the place of the last one, as the other contender replaces its file."""
    shutil.rmtree(folder, ignore_errors=True)
    sweep.save(f"{folder}/", compact=True)


def arrow_ipc(column: pa.Table, path: Path) -> None:
    with pa.ipc.new_file(path, column.schema) as writer:
        writer.write_table(column, max_chunksize=GROUP_ROWS)


def run(prices: int = 200, rounds: int = ROUNDS) -> list[dict[str, float | str]]:
    """Return one row a contender: name, ns_per_point, ratio to pyarrow alone with the same options."""
    large, small = asked(prices), asked(prices // CSV_SHARE)
    options = {"version": FILE_VERSION, "compression": "none", "use_dictionary": False, "row_group_size": GROUP_ROWS}
    memory = pa.table({OUTPUT: asked(prices)[OUTPUT].reshape(-1)})
    rows = asked(prices // CSV_SHARE).to_arrow(expand=True)
    plain = pa.csv.WriteOptions(quoting_style="none")
    found: list[dict[str, float | str]] = []
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        where = Path(folder)
        alone, ours = where / "alone", {kind: where / f"ours.{kind}" for kind in ("parquet", "arrow", "csv")}
        for count, kinds in (
            (
                large.points,
                {
                    "Parquet": (
                        lambda: large.save(ours["parquet"], compact=True),
                        lambda: with_fsync(alone, lambda: pq.write_table(memory, alone, **options)),
                    ),
                    "Parquet, a folder of parts": (
                        lambda: anew(large, where / "parts"),
                        lambda: with_fsync(alone, lambda: pq.write_table(memory, alone, **options)),
                    ),
                    "Arrow IPC": (
                        lambda: large.save(ours["arrow"], compact=True),
                        lambda: with_fsync(alone, lambda: arrow_ipc(memory, alone)),
                    ),
                },
            ),
            (
                small.points,
                {
                    "CSV with its axes": (
                        lambda: small.save(ours["csv"]),
                        lambda: with_fsync(alone, lambda: pcsv.write_csv(rows, alone, plain)),
                    )
                },
            ),
        ):
            for kind, (save, by_pyarrow) in kinds.items():
                base = f"{kind}: pyarrow alone, from memory"
                taken = interleaved({base: by_pyarrow, f"{kind}: nodecalc, calculation and all": save}, rounds)
                found += compared(taken, dict.fromkeys(taken, base), count)
        for kind in ("parquet", "arrow"):
            np.testing.assert_array_equal(open_sweep(ours[kind])[OUTPUT].reshape(-1), memory[OUTPUT].to_numpy())
        read = pcsv.read_csv(ours["csv"])[OUTPUT].to_numpy()
        np.testing.assert_array_equal(read, rows[OUTPUT].to_numpy())
    return found


if __name__ == "__main__":
    print(table(f"{OUTPUT}, 20 million points (CSV: 1 million), one result column", run()))
