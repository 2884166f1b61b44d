"""Tables as CSV: every row with its axes, numbers as short as they read back the same, the metadata in a sidecar."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from .arrow import Frame, described
from .csvtext import WHOLE_BELOW, axis_texts, joined, shortest_all
from .proof import PROOF_KEY, check_object, object_sum
from .rows import axis_indices, axis_rows
from .table import METADATA_KEY

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .table import Columns

SIDECAR: Final = "-metadata.json"
"""What the recommendation CSV on the Web appends to the name of a file for that of its metadata."""

GROUP_ROWS: Final = 1 << 16
"""Rows that are written at once: few enough that an interrupted run stops at once even without pyarrow."""

MOST_TEXTS: Final = 1 << 16
"""Values of an axis up to which each is put into words once and not row by row."""


class CsvWriter:
    """Writes rows as CSV: with pyarrow where it is installed, else by Python, to the same bytes.

    Every number has a point or an exponent, and what is none is NaN: readers guess the kind of a column from its first
    rows, and a whole number there would have them refuse the fractions that come later.
    """

    def __init__(self, file: BinaryIO, frame: Frame) -> None:
        """Begin the file with the names of its columns."""
        self._file = file
        self._frame = frame
        self._texts = [axis_texts(axis) if axis.size <= MOST_TEXTS else None for axis in frame.axes]
        try:
            import pyarrow as pa
            import pyarrow.csv
        except (ImportError, MemoryError):  # not there, or no room for it: the same text by Python
            self._arrow: Any = None
        else:
            # Names that need quotes have them already, which pyarrow would quote again, or refuse.
            quotes = any('"' in text for texts in self._texts if texts is not None for text in texts)
            self._arrow = None if quotes else pa
        file.write((",".join(frame.columns) + "\n").encode())

    def write(self, first: int, columns: Columns) -> None:
        """Write the rows from `first` on."""
        if self._arrow is None:
            self._file.write(self._by_python(first, columns).encode())
        else:
            self._by_arrow(first, columns)

    def _by_arrow(self, first: int, columns: Columns) -> None:
        pa, frame = self._arrow, self._frame
        last = first + len(next(iter(columns.values())))
        arrays = []
        for place, texts in enumerate(self._texts):
            if texts is None:
                arrays.append(_shortest_arrow(axis_rows(frame.axes, place, first, last)))
            else:
                indices = pa.array(axis_indices(frame.axes, place, first, last))
                arrays.append(pa.DictionaryArray.from_arrays(indices, pa.array(texts, pa.string())))
        arrays += [_shortest_arrow(columns[key]) for key in frame.outputs]
        batch = pa.RecordBatch.from_arrays(arrays, names=list(frame.columns))
        pa.csv.write_csv(batch, self._file, pa.csv.WriteOptions(include_header=False, quoting_style="none"))

    def _by_python(self, first: int, columns: Columns) -> str:
        frame = self._frame
        last = first + len(next(iter(columns.values())))
        found: list[Sequence[str]] = []
        for place, texts in enumerate(self._texts):
            if texts is None:
                found.append(shortest_all(axis_rows(frame.axes, place, first, last).tolist()))
            else:
                found.append([texts[i] for i in axis_indices(frame.axes, place, first, last).tolist()])
        return joined(*found, *(shortest_all(columns[key].tolist()) for key in frame.outputs))

    def close(self) -> None:
        """End the file: there is nothing left to be said."""


def _shortest_arrow(values: NDArray[np.float64]) -> Any:
    """Return numbers as an Arrow column that is written as `shortest` writes them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from nodecalc_kernels.numpy_whole import np

    column = pa.array(values)
    with np.errstate(invalid="ignore"):  # a nan that signals
        whole = (np.floor(values) == values) & (np.abs(values) < WHOLE_BELOW)
    none = np.isnan(values)
    if whole.any() or none.any():
        texts = pc.cast(column, pa.string())
        texts = pc.if_else(pa.array(whole), pc.binary_join_element_wise(texts, ".0", ""), texts)
        return pc.if_else(pa.array(none), "NaN", texts)
    return column


def sidecar_of(path: Path) -> Path:
    """Return where the metadata of a CSV file are."""
    return path.with_name(path.name + SIDECAR)


def sidecar_text(name: str, frame: Frame) -> str:
    """Return the metadata of the CSV file `name`, by the recommendation CSV on the Web; the provenance is a note."""
    text = {key for key in frame.columns if key in {axis.key for axis in frame.axes if axis.is_names}}
    columns = [
        {"name": key, "titles": key, "datatype": "string" if key in text else "double", "required": True}
        | {_TERMS[term]: words for term, words in described(key).items()}
        for key in frame.columns
    ]
    table = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": name,
        "tableSchema": {"columns": columns},
        "notes": [{METADATA_KEY: (held := json.loads(frame.metadata)), PROOF_KEY: {"metadata": object_sum(held)}}],
    }
    return json.dumps(table, indent=1, sort_keys=True) + "\n"


_TERMS: Final = {"unit": "schema:unitText", "meaning": "dc:description"}
"""Names that the recommendation knows without an explanation."""


def metadata_in(text: str, where: str) -> str:
    """Return the provenance that `sidecar_text` put in; ValueError, KeyError, TypeError where there is none."""
    note = json.loads(text)["notes"][0]
    held = note[METADATA_KEY]
    check_object(held, note.get(PROOF_KEY), where)
    return json.dumps(held)
