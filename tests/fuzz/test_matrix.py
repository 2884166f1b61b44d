"""Some commands under some limits of the system; ``python -m tests.fuzz.matrix`` tries them all."""

from __future__ import annotations

import pytest

pytest.importorskip("resource")  # a system without limits has nothing to try
from .matrix.limits import COMMANDS, Limit, cells, folder_under, run


def test_limits_end_well():
    found = list(cells(("die to json",), (Limit("memory", 20), Limit("handles", 4), Limit("file", 100))))
    found += cells(("die to xlsx",), (Limit("file", 0), Limit("file", 100)))
    assert len(found) == 5
    assert not [cell for cell in found if cell.broken]


@pytest.mark.parametrize(("megabytes", "library"), [(20, "hashlib"), (64, "numpy"), (320, "numba")])
def test_a_library_that_finds_too_little_memory_is_named_before_it_hangs(megabytes, library):
    limit = Limit("memory", megabytes)
    with folder_under(None) as folder:
        found = run(COMMANDS["sweep to npz"], folder, limit)
    assert (found.code, found.files) == (1, {})
    assert found.err.startswith(f"nodecalc: {library} needs about ")
    assert f"the limit is {megabytes} MB in all (ulimit -v); raise it" in found.err
    assert found.err.count("\n") == 1
