"""Tables as folders of Parquet parts: each whole or not there, so that a run that was ended can be continued.

Which rows a part holds follows from the question alone, and a part has the same bytes whoever writes it.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from nodecalc.doors import real_path, regular_text
from nodecalc.errors import InputError, OutputError
from nodecalc.question.blocks import Tiles

from .arrow import GROUP_ROWS, PART_KEY, Frame, ParquetWriter, frame_of, parquet_bytes, pyarrow
from .atomic import Beside, failed, remove_leftovers
from .places import check_space
from .proof import AGAIN, PROOF_KEY, check_object, object_sum
from .stream import Closing, first_tile_at, pump, tile_limit
from .table import METADATA_KEY

if TYPE_CHECKING:
    from .table import Rows, Table, Tell

PART_ROWS: Final = 1 << 22
"""Rows of a part, about; a multiple of those of a row group."""

MANIFEST: Final = "_nodecalc.json"
"""What the folder holds; readers of Parquet pass over names that begin with an underscore."""

_MAGIC: Final = b"PAR1"


class Layout(NamedTuple):
    """How the rows are shared out among the parts."""

    parts: int
    points: int
    part_rows: int
    tile_points: int
    expand: bool
    format: str = "parquet"


class PartJob(NamedTuple):
    """One part to be written, by this process or by another."""

    frame: Frame
    layout: Layout
    folder: str
    number: int

    @property
    def tiles(self) -> Tiles:
        """The tiles of the whole sweep."""
        return Tiles(tuple(axis.size for axis in self.frame.axes), self.layout.tile_points)

    @property
    def range(self) -> tuple[int, int]:
        """Its tiles: the first, and one after the last."""
        tiles, rows = self.tiles, self.layout.part_rows
        return first_tile_at(tiles, self.number * rows), first_tile_at(tiles, (self.number + 1) * rows)

    @property
    def points(self) -> int:
        """How many rows it has."""
        first, last = self.range
        tiles = self.tiles
        return tiles.start(last) - tiles.start(first)

    @property
    def path(self) -> Path:
        """Its file."""
        return part_path(Path(self.folder), self.number, self.layout.parts)


def part_path(folder: Path, number: int, parts: int) -> Path:
    """Return the file of a part; the order of the names is that of the rows."""
    digits = max(6, len(str(parts - 1)))
    return folder / f"part-{number:0{digits}}.parquet"


def write_part(rows: Rows, job: PartJob, tell: Tell | None = None) -> int:
    """Write one part of `rows` and return how many rows it has; to do it twice does no harm."""
    first, last = job.range
    tiles = job.tiles
    begin, count = tiles.start(first), tiles.start(last) - tiles.start(first)
    about = json.dumps({"part": job.number, "first_row": begin, "rows": count})
    with Beside(job.path, tidy=False) as file, Closing(ParquetWriter(file, job.frame, rows, about)) as writer:
        pump(rows, job.frame.walked, tiles, GROUP_ROWS, writer.write, first, last, tell)
    return count


def save_parts(table: Table, name: str, expand: bool, resume: bool, client: Any) -> str:
    """Write `table` to the folder `name` in parts and return, for people, what was done."""
    pyarrow("a folder of .parquet parts")
    folder = Path(real_path(name))
    frame = frame_of(table, expand)
    limit = tile_limit(table.rows, frame.walked, GROUP_ROWS)
    layout = Layout(-(-table.points // PART_ROWS), table.points, PART_ROWS, limit, expand)
    if client is not None and table.on_workers is None:
        raise InputError("client: this sweep was read from a file; save it here, or ask it anew")
    done = {n for n in complete(folder, layout.parts) if _is_of(PartJob(frame, layout, str(folder), n))}
    # A part has at most this many rows: what is left needs at least the rest.
    rest = max(0, layout.points - len(done) * (PART_ROWS + GROUP_ROWS))
    check_folder(folder, name)
    check_space(name, parquet_bytes(frame, table.rows, rest))
    _begin(folder, name, frame, layout, resume)
    missing = [PartJob(frame, layout, str(folder), number) for number in range(layout.parts) if number not in done]
    whole = f"{name}: {layout.points:,} rows in {_parts(layout.parts)}"
    if not missing:
        return f"{whole}, complete already; nothing to do"
    try:
        if client is None:
            _write_here(table, missing)
        else:
            _write_there(table, client, missing, name)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_kept(folder, name, layout)) from None
    except OutputError as error:
        # A file that fails is one of our parts: it is the folder that the user named.
        text = (error.strerror or str(error)).removesuffix("; it was not written")
        raise OutputError(error.errno or errno.EIO, f"{text}; {_kept(folder, name, layout)}", name) from None
    return whole + (f", {len(done):,} of them from before" if done else "")


def _parts(count: int) -> str:
    return f"{count:,} part" + ("s" if count != 1 else "")


def _kept(folder: Path, name: str, layout: Layout) -> str:
    done = len(complete(folder, layout.parts))
    return f"{done:,} of {_parts(layout.parts)} {'is' if done == 1 else 'are'} kept in {name}; --resume continues"


def expanded_before(name: str) -> bool | None:
    """Return whether a folder that an earlier run began has its axes as columns, None where there is none."""
    held = read_manifest(Path(real_path(name)))
    return None if held is None else bool(held["layout"]["expand"])


def complete(folder: Path, parts: int) -> set[int]:
    """Return the numbers of the parts that are there."""
    try:
        names = {entry.name for entry in folder.iterdir()}
    except OSError:
        return set()
    numbers = (int(name[5:-8]) for name in names if name[:5] == "part-" and name[5:-8].isdecimal())
    return {n for n in numbers if n < parts and (path := part_path(folder, n, parts)).name in names and is_whole(path)}


def is_whole(path: Path) -> bool:
    """Whether a part has its end: it is renamed only when complete, but disks have been known to lie."""
    try:
        with path.open("rb") as file:
            file.seek(-len(_MAGIC), os.SEEK_END)
            return file.read() == _MAGIC
    except OSError:
        return False


def _write_here(table: Table, missing: Sequence[PartJob]) -> None:
    total, before = sum(job.points for job in missing), 0
    for job in missing:

        def tell(done: int, of: int, before: int = before) -> None:
            if table.tell is not None:
                table.tell(before + done, total)

        before += write_part(table.rows, job, tell)


def _write_there(table: Table, client: Any, missing: Sequence[PartJob], name: str) -> None:
    assert table.on_workers is not None
    table.on_workers(client, write_part, missing, table.tell)
    remove_leftovers(Path(missing[0].folder))  # of workers that were killed, whose parts others have written
    unseen = sum(not is_whole(job.path) for job in missing)
    if unseen:
        raise InputError(
            f"'{name}': {_parts(unseen)} written by workers cannot be seen from here; give a folder that all share"
        )


# What is in a folder


def check_folder(folder: Path, name: str) -> None:
    """Refuse a folder that cannot be made."""
    if not folder.parent.is_dir():
        raise InputError(f"'{name}': there is no folder '{folder.parent}'; make it first, or name another")
    if folder.exists() and not folder.is_dir():
        raise InputError(f"'{name}': a file; give a folder, or the file without the / at its end")


def _begin(folder: Path, name: str, frame: Frame, layout: Layout, resume: bool) -> None:
    """Make the folder ready for the parts, or say why they cannot go there."""
    try:
        folder.mkdir(exist_ok=True)
        remove_leftovers(folder)
        found = [entry.name for entry in folder.iterdir() if not entry.name.startswith(".")]
        if found:
            _check_same(folder, name, frame, layout, resume)
            return
        with Beside(folder / MANIFEST, tidy=False) as file:
            file.write(manifest(frame, layout).encode())
    except OutputError:
        raise
    except OSError as error:
        raise failed(error, name) from None


def manifest(frame: Frame, layout: Layout) -> str:
    """Return what a folder says of itself: the provenance, and how the rows are shared out."""
    held = {**json.loads(frame.metadata), "layout": layout._asdict()}
    return json.dumps({**held, PROOF_KEY: {"metadata": object_sum(held)}}, sort_keys=True, indent=1) + "\n"


def _check_same(folder: Path, name: str, frame: Frame, layout: Layout, resume: bool) -> None:
    """Refuse to write among other files, or to go on with another question."""
    held = read_manifest(folder)
    if held is None:
        raise InputError(f"'{name}': it holds other files and no sweep; give a new or empty folder")
    wanted = json.loads(manifest(frame, layout))
    del wanted[PROOF_KEY]
    state = _state(folder, held)
    if held["spec"] != wanted["spec"] or held["catalogue_digest"] != wanted["catalogue_digest"]:
        raise InputError(f"'{name}': it holds another sweep, {state}; give a new folder, or ask the same question")
    if held["version"] != wanted["version"]:
        raise InputError(
            f"'{name}': begun with nodecalc {held['version']}, this is {wanted['version']}; go on with that version, "
            "or give a new folder"
        )
    if held["layout"]["expand"] != layout.expand:
        did, wrong = ("as columns", "--compact") if held["layout"]["expand"] else ("in the metadata", "--expand")
        raise InputError(f"'{name}': begun with its axes {did}; leave out {wrong}, or give a new folder")
    if held != wanted:
        raise InputError(f"'{name}': begun with other figures or parts of another length; give a new folder")
    if not resume:
        advice = "add --resume to continue it" if state != "complete" else "nothing is left to do"
        raise InputError(f"'{name}': it holds this sweep already, {state}; {advice}, or give a new folder")


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return what a folder says of itself, or None where it is no folder of ours."""
    path = folder / MANIFEST
    try:
        held: dict[str, Any] = json.loads(regular_text(path))
        if not {"spec", "version", "catalogue_digest", "layout"} <= held.keys():
            return None
        layout = Layout(**held["layout"])
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return None
    check_object({key: held[key] for key in held if key != PROOF_KEY}, held.pop(PROOF_KEY, None), f"'{path}'")
    _check_layout(layout, f"'{path}'")
    return held


def _check_layout(layout: Layout, where: str) -> None:
    """Refuse a division into parts that nobody writes."""
    counts = (layout.parts, layout.points, layout.part_rows, layout.tile_points)
    if (
        not all(type(count) is int and 0 < count < 1 << 63 for count in counts)
        or layout.parts != -(-layout.points // layout.part_rows)
        or type(layout.expand) is not bool
        or layout.format != "parquet"
    ):
        raise InputError(f"{where}: its layout divides nothing into parts; {AGAIN}")


def _state(folder: Path, held: Mapping[str, Any]) -> str:
    parts = held["layout"]["parts"]
    done = len(complete(folder, parts))
    return "complete" if done == parts else f"{done:,} of {_parts(parts)}"


def parts_of(folder: Path, name: str) -> list[Path]:
    """Return the files of a complete sweep, in the order of their rows; `check_part` holds each to its place."""
    held = read_manifest(folder)
    if held is None:
        raise InputError(f"'{name}': a folder without {MANIFEST}; give one that nodecalc wrote")
    state = _state(folder, held)
    if state != "complete":
        raise InputError(f"'{name}': {state}; finish it with --resume first")
    parts = held["layout"]["parts"]
    return [part_path(folder, number, parts) for number in range(parts)]


def _is_of(job: PartJob) -> bool:
    """Whether the file of a part is of this sweep and in its place: what somebody put there is written anew."""
    import pyarrow.parquet as pq

    try:
        held = pq.read_metadata(job.path).metadata or {}
        check_part(held.get(PART_KEY.encode()), True, job.number, job.tiles.start(job.range[0]), "")
        check_question(held.get(METADATA_KEY.encode()), json.loads(job.frame.metadata), "")
    except (OSError, ValueError):  # pyarrow's and ours are of those
        return False
    return True


def question_of(folder: Path) -> dict[str, Any]:
    """Return the provenance that a folder's manifest holds."""
    held = read_manifest(folder) or {}
    return {key: value for key, value in held.items() if key != "layout"}


def check_question(held: bytes | None, question: Mapping[str, Any], where: str) -> None:
    """Refuse the file of a part that was written for another question, or with other figures."""
    if json.loads(held or b"null") != question:
        raise InputError(f"{where}: it is a part of another sweep; {AGAIN}")


def check_part(held: bytes | None, proven: bool, number: int, first_row: int, where: str) -> None:
    """Refuse the file of another part in the place of this one; only where none is `proven` may it say nothing."""
    if held is None and not proven:
        return
    try:
        about = json.loads(held or "")
        same = about["part"] == number and about["first_row"] == first_row
    except (ValueError, KeyError, TypeError):
        same = False
    if not same:
        raise InputError(f"{where}: it is another part than its name says; {AGAIN}")
