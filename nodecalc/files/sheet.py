"""Flat rows of any kind to a file: Parquet, Arrow IPC and Excel, each number and text in a column of its own kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from math import isfinite
from traceback import walk_tb
from typing import Any, BinaryIO, Final
from zipfile import ZipFile

from nodecalc.errors import InputError, one_line
from nodecalc_kernels.loading import load_whole

from .arrow import arrow_source, described, parquet_source, pyarrow
from .formula import no_formula

ROWS_KEY: Final = "nodecalc_rows"
"""Key under which a file's own metadata hold what the rows answer, with sources and notes, as JSON."""

MOST_ROWS: Final = 1_048_575
"""Rows that a sheet holds beside its head."""

Row = Mapping[str, Any]


def write_parquet(file: BinaryIO, rows: Sequence[Row], about: str) -> None:
    """Write `rows` as Parquet; `about` is kept in the file's metadata."""
    import pyarrow.parquet as pq

    pq.write_table(_table(rows, about), file)


def write_arrow(file: BinaryIO, rows: Sequence[Row], about: str) -> None:
    """Write `rows` as an Arrow IPC file."""
    import pyarrow as pa

    table = _table(rows, about)
    with pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def write_xlsx(file: BinaryIO, rows: Sequence[Row], about: str) -> None:
    """Write `rows` as the first sheet of a workbook, its head fixed; what they answer is on a sheet "about"."""
    import json

    if len(rows) > MOST_ROWS:
        raise InputError(f"{len(rows):,} rows: a sheet holds {MOST_ROWS:,}; give .parquet or .csv")
    book = _openpyxl().Workbook()
    sheet = book.active
    sheet.title = "rows"
    names = columns_of(rows)
    sheet.append(names)
    for row in rows:
        sheet.append([_cell(row.get(name)) for name in names])
    sheet.freeze_panes = "A2"
    beside = book.create_sheet("about")
    for key, value in json.loads(about).items():
        for item in value if isinstance(value, list) else [value]:
            beside.append([key, _cell(item if not isinstance(item, dict) else json.dumps(item, ensure_ascii=False))])
    content = BytesIO()
    try:
        _save(book, content)
    except FileNotFoundError:  # every folder of temporary files was tried, and why each refused is not told
        raise OSError(
            "a workbook passes through a temporary file, and none can be written; TMPDIR names another folder"
        ) from None
    file.write(content.getbuffer())


def _save(book: Any, content: BytesIO) -> None:
    """Write a workbook; where that fails, let go of its sheets and archive, which complain when they are collected."""
    try:
        book.save(content)
    except BaseException as error:
        for frame, _ in walk_tb(error.__traceback__):
            for held in frame.f_locals.values():
                if type(held).__name__ == "WorksheetWriter":
                    with suppress(Exception):
                        held.close()
                elif isinstance(held, ZipFile):
                    held.fp = None  # what it was to close
        raise


def about(path: str, ending: str) -> str:
    """Return what `write_parquet` or `write_arrow` kept beside the rows, as JSON; "" where there is nothing."""
    if ending == ".parquet":
        import pyarrow.parquet as pq

        found = pq.read_schema(parquet_source(path)).metadata
    else:
        import pyarrow as pa

        with arrow_source(path) as source, pa.ipc.open_file(source) as reader:
            found = reader.schema.metadata
    kept: bytes = (found or {}).get(ROWS_KEY.encode(), b"")
    return kept.decode()


WRITERS: Final[Mapping[str, Callable[[BinaryIO, Sequence[Row], str], None]]] = {
    ".parquet": write_parquet,
    ".arrow": write_arrow,
    ".xlsx": write_xlsx,
}
"""Writer of each ending."""


def check_installed(ending: str) -> None:
    """Say what to install where the ending needs something that is not there."""
    if ending == ".xlsx":
        _openpyxl()
    elif ending in WRITERS:
        pyarrow(ending)


def columns_of(rows: Sequence[Row]) -> list[str]:
    """Return the names of all columns, in the order in which rows bring them."""
    return list(dict.fromkeys(name for row in rows for name in row))


def _openpyxl() -> Any:
    try:
        return load_whole("openpyxl")  # it looks for numpy
    except ModuleNotFoundError:
        raise InputError(".xlsx needs openpyxl: pip install 'nodecalc[xlsx]'") from None


def _table(rows: Sequence[Row], about: str) -> Any:
    import pyarrow as pa

    names = columns_of(rows)
    arrays = [_column([row.get(name) for row in rows]) for name in names]
    fields = [
        pa.field(name, array.type, metadata=described(name) or None) for name, array in zip(names, arrays, strict=True)
    ]
    return pa.table(arrays, schema=pa.schema(fields, {ROWS_KEY: about}))


def _column(values: Sequence[Any]) -> Any:
    """Return a column of numbers, truths, lists of texts or texts; of several kinds all as texts."""
    import pyarrow as pa

    there = [value for value in values if value is not None]
    if all(isinstance(value, list | tuple) for value in there) and there:
        return pa.array([None if v is None else [str(i) for i in v] for v in values], pa.list_(pa.string()))
    if all(isinstance(value, bool) for value in there) and there:
        return pa.array(values, pa.bool_())
    if all(isinstance(value, int) and not isinstance(value, bool) for value in there) and there:
        return pa.array(values, pa.int64())
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in there) and there:
        return pa.array([None if v is None else float(v) for v in values], pa.float64())
    return pa.array([None if v is None else _text(v) for v in values], pa.string())


def _cell(value: Any) -> Any:
    """Return a value as a sheet holds it: it knows no list, no infinity and no nan."""
    if isinstance(value, list | tuple):
        return _text(value)
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    return no_formula(one_line(value)) if isinstance(value, str) else value


def _text(value: Any) -> str:
    return ";".join(map(_text, value)) if isinstance(value, list | tuple) else str(value)
