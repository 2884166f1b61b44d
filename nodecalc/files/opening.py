"""Files read back: the metadata of any that `saving.save` wrote, and the results of all but CSV, as plain data."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from nodecalc.errors import InputError

from .arrow import pyarrow
from .csv import metadata_in, sidecar_of
from .places import FORMS, ending_of, is_folder
from .table import METADATA_KEY

if TYPE_CHECKING:
    from nodecalc.question.axis import Axis

    from .table import Array

T = TypeVar("T")

WHOLE: Final = "give a file that nodecalc wrote"


def is_csv(name: str) -> bool:
    """Whether a path means a CSV file, from which results are not read back."""
    return not is_folder(name) and ending_of(name) == ".csv"


def results_of_file(
    name: str, axes: Sequence[Axis], outputs: Sequence[str], shape: tuple[int, ...]
) -> dict[str, Array]:
    """Return the results in a file or folder, of `shape`; those that are axes as well are made from them."""
    return reading(name, lambda: _arrays(name, axes, outputs, shape))


def metadata_of_file(name: str) -> str:
    """Return the provenance in a file or folder, as JSON."""
    return reading(name, lambda: _metadata(name))


def reading(name: str, read: Callable[[], T]) -> T:
    """Return what `read` returns; say in one line what is wrong with a file that it cannot read."""
    from zipfile import BadZipFile

    try:
        return read()
    except InputError:
        raise
    except OSError as error:
        if error.errno:
            raise type(error)(error.errno, os.strerror(error.errno), name) from None
        # pyarrow has no number for a file that ends too early.
        raise InputError(f"'{name}': damaged, or not what its ending says; {WHOLE}") from None
    except (KeyError, TypeError, IndexError):
        raise InputError(f"'{name}': it holds no sweep of nodecalc; {WHOLE}") from None
    except (ValueError, BadZipFile, EOFError):  # pyarrow's own errors are ValueErrors
        raise InputError(f"'{name}': damaged, or not what its ending says; {WHOLE}") from None


def _metadata(name: str) -> str:
    if is_folder(name):
        from .parts import MANIFEST, read_manifest

        if not Path(name).is_dir():
            raise InputError(f"'{name}': there is no such folder; {WHOLE}")
        held = read_manifest(Path(name))
        if held is None:
            raise InputError(f"'{name}': a folder without {MANIFEST}; give one that nodecalc wrote")
        return json.dumps({key: held[key] for key in held if key != "layout"})
    ending = ending_of(name)
    if not Path(name).is_file():
        Path(name).open("rb").close()  # says what is the matter with it
        raise InputError(f"'{name}': no file; allowed: {FORMS}")
    if ending == ".csv":
        sidecar = sidecar_of(Path(name))
        if not sidecar.is_file():
            raise InputError(f"'{name}': what it answers is in {sidecar.name}, which is not beside it; bring it back")
        return metadata_in(sidecar.read_text(encoding="utf-8"))
    if ending == ".npz":
        from .npz import read_metadata

        return read_metadata(name)
    pyarrow(ending)
    return _schema_metadata(name, ending)[METADATA_KEY.encode()].decode()


def _schema_metadata(name: str, ending: str) -> Mapping[bytes, bytes]:
    if ending == ".parquet":
        import pyarrow.parquet as pq

        found = pq.read_metadata(name).metadata
    else:
        import pyarrow as pa

        with pa.memory_map(name) as file:
            found = pa.ipc.open_file(file).schema.metadata
    return found or {}


def _arrays(name: str, axes: Sequence[Axis], outputs: Sequence[str], shape: tuple[int, ...]) -> dict[str, Array]:
    """Return the results; those that are axes as well are made from them where the file has them only as axes."""
    places = {axis.key: place for place, axis in enumerate(axes)}
    wanted = [key for key in outputs if key not in places]
    stored: Mapping[str, Array]
    if not is_folder(name) and ending_of(name) == ".npz":
        from .npz import read_arrays

        stored = read_arrays(name, wanted, shape)
    else:
        stored = _from_batches(name, wanted, prod(shape))
    return {key: stored[key].reshape(shape) if key in stored else _spread(axes, shape, places[key]) for key in outputs}


def _spread(axes: Sequence[Axis], shape: tuple[int, ...], place: int) -> Array:
    """Return an axis as an output: its value at every point."""
    import numpy as np

    along = [1] * len(axes)
    along[place] = -1
    return np.array(np.broadcast_to(axes[place].values().reshape(along), shape))


def _from_batches(name: str, keys: Sequence[str], points: int) -> dict[str, Array]:
    """Return columns of a file or of the parts of a folder; ValueError where they are not of `points` rows."""
    import numpy as np

    arrays = {key: np.empty(points) for key in keys}
    row = 0
    for batch in _batches(name, keys):
        end = row + batch.num_rows
        if end > points:
            break
        for key, array in arrays.items():
            array[row:end] = batch.column(key).to_numpy()
        row = end
    else:
        if row == points or not keys:
            return arrays
    raise ValueError(f"not {points:,} rows")


def _batches(name: str, keys: Sequence[str]) -> Iterator[Any]:
    pyarrow(name)
    if not is_folder(name) and ending_of(name) == ".arrow":
        import pyarrow as pa

        with pa.memory_map(name) as file:
            opened = pa.ipc.open_file(file)
            for number in range(opened.num_record_batches):
                yield opened.get_batch(number).select(list(keys))
        return
    import pyarrow.parquet as pq

    from .parts import parts_of

    for path in parts_of(Path(name), name) if is_folder(name) else [Path(name)]:
        with pq.ParquetFile(path) as opened:
            yield from opened.iter_batches(batch_size=1 << 20, columns=list(keys))
