"""Cold start: what is loaded only when it is needed, and the public names that load it."""

import json
import subprocess
import sys

import pytest

import nodecalc as nc

HEAVY = ("numpy", "numba", "scipy", "typer", "rich", "click", "pydantic")
SLOW_STANDARD = ("tomllib", "dataclasses", "inspect", "importlib.metadata", "json", "csv", "decimal", "difflib", "html")


@pytest.fixture
def loaded_after(child_environment):
    """Modules in sys.modules of a fresh interpreter after some code."""

    def call(code):
        report = "import sys; names = list(sys.modules)\nimport json; print(json.dumps(names))"
        # -S: a path file of some other installed distribution must not decide this test.
        command = [sys.executable, "-S", "-c", f"{code}\n{report}"]
        done = subprocess.run(command, env=child_environment, capture_output=True, text=True, check=True)
        return set(json.loads(done.stdout.splitlines()[-1]))

    return call


def test_import_nodecalc_loads_nothing_heavy(loaded_after):
    loaded = loaded_after("import nodecalc")
    assert not loaded & {*HEAVY, *SLOW_STANDARD}
    assert {m for m in loaded if m.startswith("nodecalc")} == {"nodecalc", "nodecalc._version"}


def test_import_nodecalc_kernels_loads_neither_numpy_nor_numba(loaded_after):
    assert not loaded_after("import nodecalc_kernels") & {*HEAVY, "tomllib"}


@pytest.mark.parametrize(
    "code",
    [
        "nc.estimate('10x10', node='tsmc-n5')",
        "nc.estimate('10x10', node='tsmc-n5').to_dict()",
        "nc.estimate(chip='kirin-9000s')",
        "nc.gross_dies(10, 10)",
        "nc.die_yield(0.5), nc.log_yield(0.5), nc.yield_loss(0.5), nc.mean_faults(0.5)",
        "nc.harvest_yield(20, 25, 0.06, 1.0), nc.implied_d0(0.4, 665.6, need=20, total=25, core_fraction=0.6)",
        "nc.wafer_map('10x10', node='n5').to_svg(), nc.reticle_plan(10, 10)",
        "nc.logic_density(51, 210)",
        "nc.load_catalogue().node('n5')",
    ],
)
def test_one_answer_loads_neither_numpy_nor_numba(loaded_after, code):
    assert not loaded_after(f"import nodecalc as nc; {code}") & set(HEAVY)


def test_numbers_alone_do_not_read_the_catalogue(loaded_after):
    loaded = loaded_after("import nodecalc as nc; nc.die_yield(0.5), nc.gross_dies(10, 10), nc.logic_density(51, 210)")
    assert "tomllib" not in loaded
    assert "nodecalc_seeds" not in loaded


def test_dir_lists_the_public_names_and_each_of_them_is_there():
    names = dir(nc)
    assert names == sorted(nc.__all__)
    for name in ("estimate", "die_yield", "gross_dies", "logic_density", "evaluate", "NodecalcError", "__version__"):
        assert name in names
    assert all(getattr(nc, name) is not None for name in names)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="estimat"):
        nc.estimat  # noqa: B018
    assert not hasattr(nc, "_nothing")


def test_star_import_brings_the_public_names():
    namespace = {}
    exec("from nodecalc import *", namespace)
    assert set(nc.__all__) <= set(namespace)


def test_the_version_is_a_version():
    parts = nc.__version__.split(".")
    assert len(parts) >= 3
    assert parts[0].isdigit()


@pytest.mark.parametrize(
    "code",
    [
        "nc.sweep(100, node=['n5', 'n7'], d0=[0.05, 0.1, 0.2])['good_die_cost_usd']",
        "nc.sweep(node='n5', die_area_mm2='10:500:30', outputs=['gross_dies', 'die_yield']).arrays",
        "from nodecalc.cli.program import run; run(['sweep', '100', '-n', 'n5', '--over', 'd0=0.05:0.2:4'])",
        "nc.sweep(100, node='n5', d0='0.05:0.2:300', reduce=['min', 'argmax', 'mean', 'p50']).reductions",
        "nc.estimator(100, node='n5', vary='d0')(0.1)",
    ],
)
def test_a_screenful_of_points_loads_no_numba(child_environment, code):
    report = "import sys; sys.exit(bool({'numba', 'llvmlite'} & set(sys.modules)))"
    command = [sys.executable, "-c", f"import nodecalc as nc; {code}\n{report}"]
    subprocess.run(command, env=child_environment, capture_output=True, check=True)


SWEEPS = [
    "['sweep', '100', '-n', 'n5,n7', '--over', 'd0=0.05:0.2:4']",
    "['sweep', '-n', 'n5', '--over', 'die-area-mm2=10:500:30', '-f', 'json']",
    "['sweep', '100', '-n', 'n5', '--over', 'alpha=1:3:9:log', '--model', 'negative-binomial', '-f', 'markdown']",
    "['sweep', '100', '-n', 'n5,n7', '--wafer-basis', 'cost', '--over', 'margin=0.2,0.4', '--keys', 'cost,masks']",
    "['sweep', '100', '--against', 'n7', '-n', 'n5', '--over', 'd0=0.05:0.2:4']",
    "['sweep', '100', '-n', 'n5', '--over', 'd0=0.05:0.2:4', '--reduce', 'argmin,mean,p90']",
    "['sweep', '-n', 'n5', '--over', 'die-area-mm2=10:500:30', '--over', 'd0=0.05:0.2:20']",
    "['sweep', '100', '-n', 'n5,n7', '--over', 'd0=0.05:0.2:4', '-f', 'csv']",
]


def test_rows_of_few_points_load_no_numpy(loaded_after):
    code = f"from nodecalc.cli.program import run\nfor line in [{', '.join(SWEEPS)}]: run(line)"
    assert not loaded_after(
        f"import io, sys; sys.stdout = io.TextIOWrapper(io.BytesIO())\n{code}\nsys.stdout = sys.__stdout__"
    ) & {*HEAVY}
