"""Columns of numbers of one length, such as what was drawn and what came out in every world, to Parquet or Arrow."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nodecalc.doors import a_path
from nodecalc.errors import InputError

from .arrow import described, pyarrow
from .atomic import Beside, check_free
from .sheet import ROWS_KEY

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ENDINGS: Final = (".parquet", ".arrow")


def check_worlds(path: str | os.PathLike[str], force: bool) -> str:
    """Return the ending of a file for columns; an error where it cannot be written."""
    ending = Path(a_path("save", path, f"give the path of a file ending {' or '.join(ENDINGS)}")).suffix.lower()
    if ending not in ENDINGS:
        raise InputError(f"'{os.fspath(path)}': ending '{ending}'; every world goes to {' or '.join(ENDINGS)}")
    check_free(path, force)
    pyarrow(ending)
    return ending


def save_columns(
    path: str | os.PathLike[str], columns: Mapping[str, NDArray[np.float64]], about: str, force: bool = False
) -> None:
    """Write columns to a file by its ending; `about`, JSON, stands in its metadata, units with the columns."""
    ending = check_worlds(path, force)
    import pyarrow as pa

    fields = [pa.field(name, pa.float64(), False, described(name.rpartition(".")[2]) or None) for name in columns]
    table = pa.table([pa.array(values) for values in columns.values()], schema=pa.schema(fields, {ROWS_KEY: about}))
    with Beside(path) as file:
        if ending == ".parquet":
            import pyarrow.parquet as pq

            pq.write_table(table, file)
        else:
            with pa.ipc.new_file(file, table.schema) as writer:
                writer.write_table(table)
