"""Tables as Arrow: schema with units and provenance, record batches, tables, and the Parquet and Arrow IPC writers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

from nodecalc.errors import InputError
from nodecalc.question.axis import Span
from nodecalc.vocabulary import find_quantity
from nodecalc_kernels.loading import load_whole

from .proof import PROOF_KEY, Sums, batch_proof, proof
from .rows import apart, axis_indices, axis_rows
from .stream import groups, room_for, tiles_of
from .table import METADATA_KEY

if TYPE_CHECKING:
    import pyarrow as pa

    from nodecalc.question.axis import Axis

    from .table import Columns, Rows, Table

PART_KEY: Final = "nodecalc_part"
"""Key under which one file of a folder says which rows it holds."""

BATCH_ROWS: Final = 1 << 18
"""Rows of a batch that a reader gets, about: 2 MB a column, which the caches hold."""

GROUP_ROWS: Final = 1 << 20
"""Rows of a Parquet row group or an Arrow batch in a file, about."""

FEW_VALUES: Final = 1 << 14
"""Different values of a column up to which Parquet stores each once and then its number."""

MOST_METADATA: Final = 80_000_000
"""Characters of metadata: readers of Parquet refuse a text of 100 MB."""

FILE_VERSION: Final = "2.6"


def pyarrow(what: str) -> Any:
    """Return the module pyarrow, or say that `what` needs it."""
    try:
        return load_whole("pyarrow")
    except ModuleNotFoundError:
        raise InputError(f"{what} needs pyarrow: pip install 'nodecalc[arrow]'") from None


def parquet_source(name: str) -> Any:
    """Return what pyarrow reads a file by: its name, or where that is no text in UTF-8 its content, mapped."""
    try:
        name.encode()
    except UnicodeEncodeError:
        from mmap import ACCESS_READ, mmap

        import pyarrow as pa

        with Path(name).open("rb") as file:
            return pa.BufferReader(pa.py_buffer(mmap(file.fileno(), 0, access=ACCESS_READ)))
    return name


def arrow_source(name: str) -> Any:
    """Return the content of an Arrow file, mapped."""
    import pyarrow as pa

    source = parquet_source(name)
    return pa.memory_map(source) if isinstance(source, str) else source


class Frame(NamedTuple):
    """What the columns of a table are: plain data, which travels to other processes."""

    axes: tuple[Axis, ...]
    outputs: tuple[str, ...]
    """Those that are columns."""
    walked: tuple[str, ...]
    """Those to be worked out: at least one, so that there are rows even where every output is an axis as well."""
    expand: bool
    metadata: str
    """The provenance, as JSON."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Keys of all columns."""
        return (*(axis.key for axis in self.axes if self.expand), *self.outputs)

    def schema(self, metadata: bool = True) -> pa.Schema:
        """Return the Arrow schema: float64, names dictionary-encoded; units and meanings with the fields."""
        import pyarrow as pa

        names = {axis.key for axis in self.axes if axis.is_names}
        coded = pa.dictionary(pa.int32(), pa.string())
        fields = [
            pa.field(key, coded if self.expand and key in names else pa.float64(), False, described(key))
            for key in self.columns
        ]
        # Tables that are handed out may be written by others, whose columns have no checksums.
        held = {METADATA_KEY: self.metadata, PROOF_KEY: proof(self.metadata, {})}
        return pa.schema(fields, held if metadata else None)

    def batch(self, schema: pa.Schema, first: int, columns: Columns) -> pa.RecordBatch:
        """Return rows from `first` on as a record batch; the results are not copied."""
        import pyarrow as pa

        rows = len(next(iter(columns.values())))
        arrays: list[Any] = []
        for place, axis in enumerate(self.axes if self.expand else ()):
            if axis.is_names:
                indices = pa.array(axis_indices(self.axes, place, first, first + rows))
                arrays.append(pa.DictionaryArray.from_arrays(indices, pa.array(axis.listed(), pa.string())))
            else:
                arrays.append(pa.array(axis_rows(self.axes, place, first, first + rows)))
        arrays += [pa.array(columns[key]) for key in self.outputs]
        return pa.RecordBatch.from_arrays(arrays, schema=schema)


def described(key: str) -> dict[str, str]:
    """Return unit and meaning of a column, as far as it has them."""
    q = find_quantity(key)
    if q is None:
        return {"meaning": "process node"} if key == "node" else {}
    return {"unit": q.unit, "meaning": q.meaning} if q.unit else {"meaning": q.meaning}


def frame_of(table: Table, expand: bool) -> Frame:
    """Return the columns of `table`."""
    columns = apart(table.outputs, table.axes) if expand else table.outputs
    return Frame(table.axes, columns, columns or table.outputs[:1], expand, metadata_of(table))


def metadata_of(table: Table) -> str:
    """Return the provenance as JSON, unless it is more than the readers of files take."""
    text = table.metadata()
    if len(text) > MOST_METADATA:
        longest = max(table.axes, key=lambda axis: 0 if isinstance(axis.points, Span) else axis.size)
        raise InputError(
            f"axis {longest.key}: {longest.size:,} values one by one are more than a file's metadata hold; "
            "give an even axis as start:stop:count, or write two files"
        )
    return text


def reader(table: Table, expand: bool = True) -> pa.RecordBatchReader:
    """Return a RecordBatchReader over all rows; each batch is worked out when it is asked for."""
    pa = pyarrow("to_reader")
    frame = frame_of(table, expand)
    schema = frame.schema()
    return pa.RecordBatchReader.from_batches(schema, _batches(table, frame, schema))


def _batches(table: Table, frame: Frame, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    tiles = tiles_of(table, frame.walked, BATCH_ROWS)
    for first, last in groups(tiles, BATCH_ROWS, 0, tiles.count):
        # Whoever reads may keep the batches: each gets arrays of its own.
        columns = table.rows.fill(tiles, first, last, room_for(tiles, frame.walked, BATCH_ROWS, first, last))
        yield frame.batch(schema, tiles.start(first), columns)
        if table.tell is not None:
            table.tell(tiles.start(last), tiles.points)


def arrow_table(table: Table, expand: bool = True) -> pa.Table:
    """Return a pyarrow Table of all rows, which shares the memory of the table's arrays."""
    pa = pyarrow("to_arrow")
    table.arrays()  # from here on the rows are theirs
    frame = frame_of(table, expand)
    schema = frame.schema()
    return pa.Table.from_batches(_batches(table, frame, schema), schema)


class ParquetWriter:
    """Writes rows to a Parquet file: results plain and uncompressed, which is fastest and as small as noise gets."""

    def __init__(self, file: BinaryIO, frame: Frame, rows: Rows, part: str | None = None) -> None:
        """Begin the file; `part` says which rows of a folder it holds."""
        import pyarrow.parquet as pq

        self._frame = frame
        self._schema = frame.schema(metadata=False)
        self._writer = pq.ParquetWriter(
            file,
            self._schema,
            version=FILE_VERSION,
            compression="none",
            use_dictionary=repeated(frame, rows),
            write_page_checksum=True,
        )
        # Among the file's own metadata only: in the schema's, Parquet would hold it a second time.
        self._writer.add_key_value_metadata({METADATA_KEY: frame.metadata} | ({PART_KEY: part} if part else {}))
        self._sums = Sums(frame.outputs)

    def write(self, first: int, columns: Columns) -> None:
        """Write the rows from `first` on as one row group."""
        batch = self._frame.batch(self._schema, first, columns)
        self._writer.write_batch(batch, row_group_size=max(1, batch.num_rows))
        self._sums.add(columns)

    def close(self) -> None:
        """End the file."""
        self._writer.add_key_value_metadata({PROOF_KEY: proof(self._frame.metadata, self._sums.found())})
        self._writer.close()


def repeated(frame: Frame, rows: Rows) -> list[str]:
    """Return the columns that have so few different values that storing each once pays."""
    sizes = {axis.key: axis.size for axis in frame.axes} if frame.expand else {}
    sizes |= {key: rows.size_of(key) for key in frame.outputs}
    return [key for key, size in sizes.items() if size <= FEW_VALUES]


class IpcWriter:
    """Writes rows to an Arrow IPC file, uncompressed, so that it can be mapped into memory."""

    def __init__(self, file: BinaryIO, frame: Frame) -> None:
        """Begin the file."""
        import pyarrow as pa

        self._frame = frame
        held = {METADATA_KEY: frame.metadata, PROOF_KEY: proof(frame.metadata, {}, in_batches=True)}
        self._schema = frame.schema(metadata=False).with_metadata(held)
        self._writer = pa.ipc.new_file(file, self._schema)

    def write(self, first: int, columns: Columns) -> None:
        """Write the rows from `first` on as one batch, which carries the checksums of its columns."""
        batch = self._frame.batch(self._schema, first, columns)
        self._writer.write_batch(batch, custom_metadata={PROOF_KEY: batch_proof(first, columns, self._frame.outputs)})

    def close(self) -> None:
        """End the file."""
        self._writer.close()


def parquet_bytes(frame: Frame, rows: Rows, points: int) -> int:
    """Return what a Parquet file takes at least: 8 bytes a value, but for columns that repeat a few."""
    plain = len(frame.outputs) + sum(not axis.is_names for axis in frame.axes if frame.expand)
    few = [key for key in repeated(frame, rows) if key not in {a.key for a in frame.axes if a.is_names}]
    return 8 * points * max(0, plain - len(few))
