"""Sweeps read back from what `saving.save` wrote: the question of any file, and the results of all but CSV."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from nodecalc.doors import a_path
from nodecalc.drivers.sweep.provenance import METADATA_KEY, Provenance, request_of
from nodecalc.drivers.sweep.run import check_room
from nodecalc.drivers.sweep.sweep import Sweep, asked
from nodecalc.errors import InputError

from .arrow import pyarrow
from .csv import metadata_in, sidecar_of
from .places import FORMS, ending_of, is_folder

if TYPE_CHECKING:
    from nodecalc.catalogue import Catalogue
    from nodecalc.drivers.sweep.layout import Array
    from nodecalc.drivers.sweep.request import Request

T = TypeVar("T")

WHOLE: Final = "give a file that nodecalc wrote"


def request_of_file(path: str | os.PathLike[str]) -> Request:
    """Return the question that a file or folder answers, so that it can be asked again; a CSV's is in its sidecar."""
    name = os.fspath(path)
    return request_of(metadata_of_file(name), name)


def provenance_of_file(path: str | os.PathLike[str]) -> Provenance:
    """Return what stands behind the numbers of a file, by the version of nodecalc that wrote it."""
    name = os.fspath(path)
    return _provenance(metadata_of_file(name), name)


def open_sweep(path: str | os.PathLike[str], *, catalogue: Catalogue | str | os.PathLike[str] | None = None) -> Sweep:
    """Return the sweep that a .parquet, .arrow or .npz file or a folder of parts holds, with its results.

    Args:
        path: what `Sweep.save` wrote.
        catalogue: the one that the sweep was asked with, where that was no file.

    Returns:
        A `Sweep` whose arrays and provenance are those of the file.

    Raises:
        InputError: no file of nodecalc, a damaged one, an unfinished folder, or a CSV.

    """
    name = a_path("sweep", path, f"give the path of {FORMS}")
    if not is_folder(name) and ending_of(name) == ".csv":
        raise InputError(
            f"'{name}': results are not read back from CSV; read it with pandas, polars or duckdb, or ask it again "
            "with --again"
        )
    metadata = metadata_of_file(name)
    provenance = _provenance(metadata, name)
    request = request_of(metadata, name)
    check_room(request.points, request.outputs)
    made = asked(request, catalogue)
    arrays = dict(_reading(name, lambda: _arrays(name, request)))
    return OpenedSweep(made, arrays, provenance)


class OpenedSweep(Sweep):
    """A sweep whose results were read from a file, and not worked out by this version with its figures."""

    is_read = True

    def __init__(self, made: Sweep, arrays: dict[str, Array], provenance: Provenance) -> None:
        """Take the question from `made` and everything else from the file."""
        super().__init__(made.request, made.plan, made.background, made.parallel)
        self._arrays = arrays
        self._provenance = provenance

    @property
    def provenance(self) -> Provenance:
        """What stood behind the numbers when they were written."""
        return self._provenance

    def point(self, index: Sequence[int] | int) -> dict[str, Any]:
        """Return one point as it was written: the value of every axis, and of every output."""
        place = self._place(index)
        row = {axis.key: axis.at(i) for axis, i in zip(self.request.axes, place, strict=True)}
        return row | {key: float(array[place]) for key, array in self.arrays.items()}


def metadata_of_file(name: str) -> str:
    """Return the provenance in a file or folder, as JSON."""
    return _reading(name, lambda: _metadata(name))


def _reading(name: str, read: Callable[[], T]) -> T:
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


def _provenance(metadata: str, name: str) -> Provenance:
    def read() -> Provenance:
        data = json.loads(metadata)
        return Provenance(**{field: data[field] for field in Provenance._fields})

    return _reading(name, read)


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


def _arrays(name: str, request: Request) -> Mapping[str, Array]:
    """Return the results; those that are axes as well are made from them where the file has them only as axes."""
    axes = {axis.key: place for place, axis in enumerate(request.axes)}
    if not is_folder(name) and ending_of(name) == ".npz":
        from .npz import read_arrays

        stored = read_arrays(name, [key for key in request.outputs if key not in axes], request.shape)
    else:
        stored = _from_batches(name, [key for key in request.outputs if key not in axes], request.points)
    return {
        key: stored[key].reshape(request.shape) if key in stored else _spread(request, axes[key])
        for key in request.outputs
    }


def _spread(request: Request, place: int) -> Array:
    """Return an axis as an output: its value at every point."""
    import numpy as np

    along = [1] * len(request.axes)
    along[place] = -1
    return np.array(np.broadcast_to(request.axes[place].values().reshape(along), request.shape))


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
