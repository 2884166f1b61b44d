"""Tables as NumPy's .npz: axes as they are, results in the table's shape, streamed into the archive."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from nodecalc.doors import open_regular
from nodecalc_kernels.numpy_whole import np

from .arrow import MOST_METADATA
from .rows import apart
from .stream import pump, tiles_of
from .table import METADATA_KEY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .table import Array, Columns, Table

npy = np.lib.format

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
    with open_regular(path, None) as file, zipfile.ZipFile(file) as archive, _opened(archive, METADATA_KEY) as entry:
        shape, dtype = _read_header(entry)
        if shape != () or dtype.kind != "U" or dtype.itemsize > 4 * MOST_METADATA:
            raise ValueError("no text")
        return str(np.frombuffer(_whole(entry, dtype.itemsize), dtype)[0])


def read_arrays(path: str, outputs: Sequence[str], shape: tuple[int, ...]) -> Mapping[str, Array]:
    """Return results from an archive; ValueError where they do not have `shape`.

    The archive's own checksums are verified on the way. What it claims to hold is compared before anything is read.
    """
    found = {}
    with open_regular(path, None) as file, zipfile.ZipFile(file) as archive:
        for key in outputs:
            with _opened(archive, key) as entry:
                held, dtype = _read_header(entry)
                if held != shape or dtype != np.float64:
                    raise ValueError(f"{key} has the shape {held} for {shape}")
                values = np.empty(shape)
                _read_into(entry, values.reshape(-1).view(np.uint8))
                found[key] = values
    return found


def _opened(archive: zipfile.ZipFile, key: str) -> Any:
    return archive.open(f"{key}.npy")


def _read_header(entry: Any) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Return shape and type of the array that an entry begins; ValueError where it is none laid out row by row."""
    version = npy.read_magic(entry)
    read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}.get(version)
    if read is None:
        raise ValueError(f"version {version}")
    shape, columns_first, dtype = read(entry)
    if columns_first and len(shape) > 1:
        raise ValueError("laid out column by column")
    return shape, dtype


def _whole(entry: Any, count: int) -> bytes:
    """Return the rest of an entry, which must be `count` bytes; the last read verifies its checksum."""
    data: bytes = entry.read(count + 1)
    if len(data) != count:
        raise ValueError(f"{len(data)} bytes for {count}")
    return data


def _read_into(entry: Any, room: NDArray[np.uint8]) -> None:
    """Fill `room` with the rest of an entry; ValueError where it is shorter or longer."""
    at = 0
    while at < room.size:
        part = entry.read(min(room.size - at, 8 * GROUP_ROWS))
        if not part:
            raise ValueError(f"{at} bytes for {room.size}")
        room[at : at + len(part)] = np.frombuffer(part, np.uint8)
        at += len(part)
    if entry.read(1):
        raise ValueError(f"more than {room.size} bytes")
