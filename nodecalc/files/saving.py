"""Tables to files: Parquet, Arrow IPC, CSV and NumPy by their endings, and folders of Parquet parts.

What is written is worked out on the way, a group of rows at a time, so that memory stays flat. Axes stand in the
provenance that every file carries, and as columns beside the results where there are not too many rows.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from nodecalc.doors import a_path
from nodecalc.errors import InputError
from nodecalc.interrupts import heard

from . import arrow
from . import csv as csvfile
from .arrow import IpcWriter, ParquetWriter, frame_of, metadata_of, parquet_bytes, pyarrow
from .atomic import Beside, check_target, on_disk
from .csv import CsvWriter, sidecar_of, sidecar_text
from .parts import expanded_before, save_parts
from .places import FORMS, check_space, ending_of, is_folder
from .stream import Closing, pump, tiles_of

MOST_EXPANDED: Final = 10_000_000
"""Rows up to which axes are columns unless somebody asks for less."""

if TYPE_CHECKING:
    from .arrow import Frame
    from .table import Table


@heard()
def save(
    table: Table,
    path: str | os.PathLike[str],
    expand: bool = False,
    resume: bool = False,
    client: Any = None,
    compact: bool = False,
) -> str:
    """Write a table and return, for people, where it is and how many rows it has.

    Args:
        table: what to write.
        path: a file that ends in .parquet, .arrow, .csv or .npz, or a folder. A file is replaced only when the new
            one is complete.
        expand: axes as columns, however many rows there are; a CSV always has them.
        resume: go on with a folder that an earlier run left.
        client: a ``distributed.Client`` whose workers write the parts of a folder.
        compact: axes once, in the metadata. Without either, Parquet and Arrow have them as columns up to
            `MOST_EXPANDED` rows; of more the text says that they have not.

    Raises:
        InputError: another ending; no such folder; pyarrow is missing; a folder that holds something else.
        OutputError: the file could not be written, a full disk among others. Nothing is left of it.

    """
    name = a_path("save", path, f"give the path of {FORMS}")
    if expand and compact:
        raise InputError("--expand and --compact: axes as columns and not; give one of them")
    if is_folder(name):
        kept = expanded_before(name)
        columns = expand or (not compact and (table.points <= MOST_EXPANDED if kept is None else kept))
        return save_parts(table, name, columns, resume, client) + _said(table, columns, compact)
    ending = ending_of(name)
    if compact and ending == ".csv":
        raise InputError(f"--compact: '{name}' has no metadata of its own for the axes; leave it out, or give .parquet")
    if resume:
        raise InputError(f"--resume: '{name}' is one file, which is there whole or not; give a folder: '{name}/'")
    if client is not None:
        raise InputError(
            f"'{name}': one file is written here, not by workers; give a folder that all of them see: '{name}/'"
        )
    if expand and ending == ".npz":
        raise InputError(f"--expand: '{name}' holds axes as arrays of their own; leave it out, or give .parquet")
    _check_installed(ending)
    check_target(name)
    try:
        columns = expand or (not compact and table.points <= MOST_EXPANDED)
        _WRITE[ending](table, name, columns)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"{name} was not written") from None
    beside = f"; what stands behind them in {sidecar_of(check_target(name)).name}" if ending == ".csv" else ""
    said = _said(table, columns, compact) if ending in (".parquet", ".arrow") else ""
    return f"{name}: {table.points:,} {'points' if ending == '.npz' else 'rows'}{beside}{said}"


def _said(table: Table, columns: bool, compact: bool) -> str:
    """Return that a file's axes are no columns, where nobody asked for that."""
    if columns or compact or not table.axes:
        return ""
    return "; of so many the axes stand in the metadata, --expand makes columns of them"


def _check_installed(ending: str) -> None:
    if ending in (".parquet", ".arrow"):
        pyarrow(ending)


def _write_parquet(table: Table, name: str, expand: bool) -> None:
    frame = frame_of(table, expand)
    check_space(name, parquet_bytes(frame, table.rows, table.points))
    with Beside(name) as file:
        write_rows(table, frame, arrow.GROUP_ROWS, lambda: ParquetWriter(file, frame, table.rows))


def _write_ipc(table: Table, name: str, expand: bool) -> None:
    frame = frame_of(table, expand)
    bytes_a_row = sum(4 if axis.is_names else 8 for axis in frame.axes if expand) + 8 * len(frame.outputs)
    check_space(name, bytes_a_row * table.points)
    with Beside(name) as file:
        write_rows(table, frame, arrow.GROUP_ROWS, lambda: IpcWriter(file, frame))


def _write_csv(table: Table, name: str, expand: bool) -> None:
    frame = frame_of(table, True)
    check_space(name, 2 * len(frame.columns) * table.points)
    target = check_target(name)
    sidecar = sidecar_of(target)
    # Whatever ends a run, no CSV has the metadata of another: the old ones go when the new file is ready to take its
    # place, and the new ones, which are on the disk by then, follow at once.
    with Beside(sidecar) as beside:
        beside.write(sidecar_text(target.name, frame).encode())
        on_disk(beside)
        with Beside(name, before=lambda: sidecar.unlink(missing_ok=True)) as file:
            write_rows(table, frame, csvfile.GROUP_ROWS, lambda: CsvWriter(file, frame))


def print_csv(table: Table, file: BinaryIO) -> None:
    """Write every row of `table` as CSV to an open stream, however many there are."""
    frame = frame_of(table, True)
    write_rows(table, frame, csvfile.GROUP_ROWS, lambda: CsvWriter(file, frame))


def _write_npz(table: Table, name: str, expand: bool) -> None:
    from .npz import npz_bytes, write_npz

    check_space(name, npz_bytes(table))
    metadata = metadata_of(table)
    with Beside(name) as file:
        write_npz(table, file, metadata)


_WRITE: Final[Mapping[str, Callable[[Any, str, bool], None]]] = {
    ".parquet": _write_parquet,
    ".arrow": _write_ipc,
    ".csv": _write_csv,
    ".npz": _write_npz,
}


def write_rows(table: Table, frame: Frame, group_rows: int, begin: Callable[[], Any]) -> None:
    """Write all rows of `table` with the writer that `begin` makes."""
    with Closing(begin()) as writer:
        tiles = tiles_of(table, frame.walked, group_rows)
        pump(table.rows, frame.walked, tiles, group_rows, writer.write, tell=table.tell)
