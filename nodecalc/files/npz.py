"""Tables as NumPy's .npz: axes as they are, results in the table's shape, streamed into the archive."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np
from numpy.lib import format as npy

from .rows import apart
from .stream import pump, tiles_of
from .table import METADATA_KEY

if TYPE_CHECKING:
    from .table import Array, Columns, Table

GROUP_ROWS: Final = 1 << 20
"""Numbers that are written at once, about."""

_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
"""The first day of the zip format: the same table gives the same bytes on any day."""


def write_npz(table: Table, file: BinaryIO, metadata: str) -> None:
    """Write the archive: axes, results, and the provenance as a text under ``nodecalc``.

    An array is an entry of its own, and entries come one after the other: so each output is walked by itself.
    """
    outputs = apart(table.outputs, table.axes)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        _put(archive, METADATA_KEY, np.array(metadata))
        for axis in table.axes:
            _put(archive, axis.key, axis.values())
        for number, key in enumerate(outputs):
            with _entry(archive, key) as entry:
                entry.write(_header(table.shape))

                def write(first: int, columns: Columns, entry: Any = entry, key: str = key) -> None:
                    entry.write(columns[key].view(np.uint8).data)

                def tell(done: int, total: int, before: int = number) -> None:
                    if table.tell is not None:
                        table.tell((before * total + done) // len(outputs), total)

                pump(table.rows, (key,), tiles_of(table, (key,), GROUP_ROWS), GROUP_ROWS, write, tell=tell)


def npz_bytes(table: Table) -> int:
    """Return what the results take."""
    return 8 * table.points * len(apart(table.outputs, table.axes))


def _entry(archive: zipfile.ZipFile, key: str) -> Any:
    info = zipfile.ZipInfo(f"{key}.npy", _LONG_AGO)
    info.external_attr = 0o600 << 16
    return archive.open(info, "w", force_zip64=True)


def _header(shape: tuple[int, ...]) -> bytes:
    header = BytesIO()
    npy.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": shape})
    return header.getvalue()


def _put(archive: zipfile.ZipFile, key: str, values: Any) -> None:
    content = BytesIO()
    npy.write_array(content, values, allow_pickle=False)
    with _entry(archive, key) as entry:
        entry.write(content.getbuffer())


def read_metadata(path: str) -> str:
    """Return the provenance in an archive."""
    with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as archive:
        return str(archive[METADATA_KEY][()])


def read_arrays(path: str, outputs: Sequence[str], shape: tuple[int, ...]) -> Mapping[str, Array]:
    """Return results from an archive; ValueError where they do not have `shape`."""
    found = {}
    with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as archive:
        for key in outputs:
            found[key] = archive[key]
            if found[key].shape != shape or found[key].dtype != np.float64:
                raise ValueError(f"{key} has {found[key].size:,} values for {prod(shape):,} points")
    return found
