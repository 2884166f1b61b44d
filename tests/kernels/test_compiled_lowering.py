"""What is put down in loops, against the plain functions; what is compiled for other compiled code alone."""

import numba
import numpy as np
import pytest

from nodecalc_kernels.compiled import inlined, operands
from nodecalc_kernels.compiled.math import JIT_OPTIONS, hang
from nodecalc_kernels.compiled.registration import register
from nodecalc_kernels.compiled.write import text_of, written, written_packed
from nodecalc_kernels.graphs import die_graph
from nodecalc_kernels.numbers import vecmath
from nodecalc_kernels.stages import Stage
from nodecalc_kernels.tasks import task_of
from nodecalc_kernels.wafer.patterning import sum_usd, throughput_of_fields_wph

ROW = np.arange(20.0)
FIXED = ROW.copy()
FIXED.flags.writeable = False
VALUES = {"contiguous": ROW, "every third": ROW[::3], "backwards": ROW[::-1], "read only": FIXED, "number": 2.5,
          "whole number": 3, "single": ROW.astype(np.float32)}  # fmt: skip


def compiled(function):
    return numba.njit(**JIT_OPTIONS)(function)


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
def test_what_is_read_is_what_the_plain_functions_read(values):
    def read(values, i):
        return operands.get(operands.part(values, 1, 5), i), operands.get(values, i)

    def along(operand, count):
        return operands.get(operands.along(operand, 1, count), 1)

    given = (values, np.array([0, 2])) if isinstance(values, np.ndarray) else values
    assert compiled(read)(values, 2) == read(values, 2)
    assert compiled(along)(given, 3) == along(given, 3)


def test_several_are_read_like_one():

    def along(several, piece):
        a, b, c = operands.all_along(several, piece, 3)
        return a.sum(), b, c

    several = (ROW, np.array([0, 4, 7])), ROW, 2.5
    assert compiled(along)(several, 2) == along(several, 2) == (24.0, 2.0, 2.5)
    assert compiled(lambda s: operands.parts(s, 2, 5)[0].sum())((ROW, 2.5)) == 9.0


def test_what_is_kept_is_found_again():
    def kept(out):
        buffer = operands.room(8, np.float64)
        for i in range(8):
            operands.put(buffer, i, 2 * i)
        for i in range(8):
            operands.put(out, i, operands.get(buffer, 7 - i))

    found = np.zeros(16)[::2]
    compiled(kept)(found)
    np.testing.assert_array_equal(found, np.arange(14.0, -1.0, -2.0))


def test_a_formula_is_compiled_once_whatever_the_flags_of_its_callers():
    def half(x):
        return 0.5 * x

    def call(x):
        return half(x)

    hang(half, half)
    found = [numba.njit(fastmath=flags)(call)(3.0) for flags in (False, {"contract"})]
    assert found == [1.5, 1.5]
    assert sum(key[1] is half for key in inlined._compiled) == 1


def test_a_formula_inside_a_loop_becomes_no_machine_code_of_its_own():
    register()

    @numba.njit
    def call(x):
        return vecmath.sqrt(x)

    assert call(2.0) == pytest.approx(2.0**0.5)
    made = [found._asdict()["library"] for key, found in inlined._compiled.items() if key[1].__name__ == "_sqrt"]
    assert made
    assert all(isinstance(library, inlined.InlinedCode) for library in made)
    with pytest.raises(TypeError):
        next(iter(inlined._compiled.values())).entry_point(2.0)


def test_a_loop_of_packed_operands_gives_the_bits_of_one_that_takes_each_by_itself():
    graph = die_graph("murphy", "area")
    keys = ("die_area_mm2", "critical_area_fraction", "d0_per_cm2", "systematic_yield", "wafer_price_usd", "line_yield",
            "gross_dies")  # fmt: skip
    task = task_of(graph, keys, ("good_die_cost_usd", "die_yield"))
    table = np.random.default_rng(5).uniform(0.5, 2.0, (4, 700))
    rows = {"die_area_mm2": 3, "d0_per_cm2": 1, "wafer_price_usd": 0}
    numbers = {"critical_area_fraction": 0.9, "systematic_yield": 0.95, "line_yield": 0.97, "gross_dies": 600.0}
    found, packed = np.empty((2, 700)), np.empty((2, 700))
    written(task)(700, tuple(table[rows[key]] if key in rows else numbers[key] for key in task.inputs), tuple(found))
    places = np.array([rows.get(key, 0) for key in task.inputs])
    fixed = np.array([numbers.get(key, np.nan) for key in task.inputs])
    written_packed(task, tuple(rows))(700, table, places, fixed, tuple(packed))
    np.testing.assert_array_equal(packed, found)
    assert np.isfinite(found).all()


def test_walks_that_differ_in_their_names_alone_are_compiled_once():
    scaled = [Stage((f"{tool}_wph",), throughput_of_fields_wph, (f"{tool}_base", "fields", "share"), long=True)
              for tool in ("a", "b", "c")]  # fmt: skip
    sums = [Stage(("two",), sum_usd, ("a_wph", "b_wph")), Stage(("all",), sum_usd, ("two", "c_wph"))]
    keys = ("a_base", "b_base", "c_base", "fields", "share")
    task = task_of((*scaled, *sums), keys, ("all",))
    arrays = ("a_base", "b_base", "c_base", "share")
    text = text_of(task, "loop", arrays)
    assert text.count("throughput_of_fields_wph(") == 1
    assert text.count("run_0(first, length, ") == 4
    table = np.random.default_rng(6).uniform(0.5, 0.9, (4, 700))
    found, packed = np.empty(700), np.empty(700)
    written(task)(
        700, tuple({**dict(zip(arrays, table, strict=True)), "fields": 100.0}[k] for k in task.inputs), (found,)
    )
    places = np.array([arrays.index(key) if key in arrays else 0 for key in task.inputs])
    written_packed(task, arrays)(700, table, places, np.full(5, 100.0), (packed,))
    np.testing.assert_array_equal(packed, found)
    assert np.isfinite(found).all()
