"""Files read back: the metadata of any that `saving.save` wrote, and the results of all but CSV, as plain data."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from nodecalc.doors import check_regular, regular_text
from nodecalc.errors import InputError

from .arrow import PART_KEY, arrow_source, parquet_source, pyarrow
from .csv import metadata_in, sidecar_of
from .places import ending_of, is_folder
from .proof import AGAIN, PROOF_KEY, Sums, check_batch, check_metadata, column_sums, has_proof, in_batches
from .table import METADATA_KEY

if TYPE_CHECKING:
    from nodecalc.question.axis import Axis

    from .table import Array

T = TypeVar("T")

REWRITE: Final = "or remove it, and --resume writes it anew"
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
    try:
        return read()
    except InputError:
        raise
    except OSError as error:
        if error.errno:
            raise type(error)(error.errno, os.strerror(error.errno), name) from None
        # pyarrow has no number for a file that ends too early.
        raise InputError(f"'{name}': damaged, or not what its ending says; {WHOLE}") from None
    except (KeyError, TypeError, IndexError, AttributeError):
        raise InputError(f"'{name}': it holds no sweep of nodecalc; {WHOLE}") from None
    except MemoryError:
        raise InputError(f"'{name}': it asks for more memory than there is; {WHOLE}") from None
    except Exception:
        # Nothing but parsers runs here, and those of damaged files raise whatever occurs to them.
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
    check_regular(name)
    if ending == ".csv":
        sidecar = sidecar_of(Path(name))
        if not sidecar.is_file():
            gone = f"what it answers is in {sidecar.name}, which is not beside it"
            raise InputError(f"'{name}': {gone}; bring it back, or write it again")
        return metadata_in(regular_text(sidecar), f"'{sidecar}'")
    if ending == ".npz":
        from .npz import read_metadata

        return read_metadata(name)
    pyarrow(ending)
    found = _schema_metadata(name, ending)
    metadata = found[METADATA_KEY.encode()].decode()
    check_metadata(metadata, found.get(PROOF_KEY.encode()), f"'{name}'")
    return metadata


def _schema_metadata(name: str, ending: str) -> Mapping[bytes, bytes]:
    if ending == ".parquet":
        import pyarrow.parquet as pq

        found = reading(name, lambda: pq.read_metadata(parquet_source(name)).metadata)
    else:
        import pyarrow as pa

        with arrow_source(name) as file:
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
    from nodecalc_kernels.numpy_whole import np

    along = [1] * len(axes)
    along[place] = -1
    return np.array(np.broadcast_to(axes[place].values().reshape(along), shape))


def _from_batches(name: str, keys: Sequence[str], points: int) -> dict[str, Array]:
    """Return columns of a file or of the parts of a folder; ValueError where they are not of `points` rows."""
    from nodecalc_kernels.numpy_whole import np

    arrays = {key: np.empty(points) for key in keys}
    row = 0
    for rows, columns in _batches(name, keys):
        end = row + rows
        if end > points:
            break
        for key, array in arrays.items():
            array[row:end] = columns[key]
        row = end
    else:
        if row == points or not keys:
            return arrays
    raise ValueError(f"not {points:,} rows")


def _batches(name: str, keys: Sequence[str]) -> Iterator[tuple[int, Mapping[str, Array]]]:
    """Yield the rows of each batch and its columns, which are held to the checksums that were written with them."""
    pyarrow(name)
    if is_folder(name):
        from .parts import check_part, check_question, parts_of, question_of

        first, question = 0, question_of(Path(name))
        for number, path in enumerate(parts_of(Path(name), name)):
            where = f"'{path}'"
            held = _schema_metadata(str(path), ".parquet")
            proven = has_proof(held.get(METADATA_KEY.encode()))
            check_part(held.get(PART_KEY.encode()), proven, number, first, where)
            if proven:
                check_question(held.get(METADATA_KEY.encode()), question, where)
            for rows, columns in _parquet_batches(str(path), keys, f"; {REWRITE}"):
                yield rows, columns
                first += rows
    elif ending_of(name) == ".arrow":
        yield from _arrow_batches(name, keys)
    else:
        yield from _parquet_batches(name, keys)


def _arrow_batches(name: str, keys: Sequence[str]) -> Iterator[tuple[int, Mapping[str, Array]]]:
    import pyarrow as pa

    row = 0
    with arrow_source(name) as file:
        opened = pa.ipc.open_file(file)
        proven = in_batches((opened.schema.metadata or {}).get(PROOF_KEY.encode()))
        for number in range(opened.num_record_batches):
            batch, custom = opened.get_batch_with_custom_metadata(number)
            columns = {key: _numbers(batch.column(key)) for key in keys}
            held = None if custom is None else dict(custom).get(PROOF_KEY.encode())
            if held is None and proven:
                raise InputError(f"'{name}': its checksums are gone; {AGAIN}")
            check_batch(held, row, columns, f"'{name}'")
            yield batch.num_rows, columns
            row += batch.num_rows


def _parquet_batches(path: str, keys: Sequence[str], advice: str = "") -> Iterator[tuple[int, Mapping[str, Array]]]:
    import pyarrow.parquet as pq

    def opened() -> Any:
        return pq.ParquetFile(parquet_source(path), page_checksum_verification=True)

    def read(key: str) -> None:
        with opened() as file:
            for _ in file.iter_batches(batch_size=1 << 20, columns=[key]):
                pass

    check_regular(path)
    sums = Sums(keys)
    with reading(path, opened) as file:
        about = file.metadata.metadata or {}
        held = about.get(PROOF_KEY.encode())
        told = column_sums(held)
        if held is None and has_proof(about.get(METADATA_KEY.encode())):
            raise InputError(f"'{path}': its checksums are gone; {AGAIN}{advice}")
        batches = file.iter_batches(batch_size=1 << 20, columns=list(keys))
        while True:
            try:
                batch = next(batches, None)
                if batch is None:
                    break
                columns = {key: _numbers(batch.column(key)) for key in keys}
            except MemoryError:
                raise
            except Exception:
                # Which column it is shows when each is read by itself.
                broken = next((key for key in keys if _fails(read, key)), None)
                what = f"its column {broken} is" if broken else "it is"
                raise InputError(f"'{path}': {what} not as it was written; {AGAIN}{advice}") from None
            sums.add(columns)
            yield batch.num_rows, columns
    sums.check(told, f"'{path}'", advice)


def _numbers(column: Any) -> Array:
    """Return a column as doubles without gaps; ValueError where it is no such column."""
    from nodecalc_kernels.numpy_whole import np

    values = column.to_numpy(zero_copy_only=False)
    if values.dtype != np.float64 or column.null_count:
        raise ValueError("no column of doubles")
    found: Array = np.ascontiguousarray(values)
    return found


def _fails(read: Callable[[str], None], key: str) -> bool:
    try:
        read(key)
    except Exception:
        return True
    return False
