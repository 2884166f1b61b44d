"""What is installed: exactly three packages, typed, with all data. The gate names the wheel in NODECALC_WHEEL."""

import os
import subprocess
import sys
import zipfile
from importlib.metadata import PackageNotFoundError, distribution, entry_points

import pytest

import nodecalc
import nodecalc_seeds

WHEEL = os.environ.get("NODECALC_WHEEL")
try:
    INSTALLED = distribution("nodecalc")
except PackageNotFoundError:
    INSTALLED = None
needs_install = pytest.mark.skipif(INSTALLED is None, reason="nodecalc is not installed, only on the path")
needs_wheel = pytest.mark.skipif(WHEEL is None, reason="NODECALC_WHEEL names no wheel")


@needs_wheel
def test_the_wheel_holds_exactly_the_three_packages():
    names = zipfile.ZipFile(WHEEL).namelist()
    tops = {name.split("/")[0] for name in names}
    assert tops == {"nodecalc", "nodecalc_kernels", "nodecalc_seeds", f"nodecalc-{nodecalc.__version__}.dist-info"}
    for package in ("nodecalc", "nodecalc_kernels", "nodecalc_seeds"):
        assert f"{package}/__init__.py" in names
        assert f"{package}/py.typed" in names
    for node in nodecalc_seeds.node_ids():
        assert f"nodecalc_seeds/nodes/{node}.toml" in names
    assert f"nodecalc-{nodecalc.__version__}.dist-info/licenses/LICENSE" in names


@needs_wheel
def test_the_wheel_answers_without_being_unpacked():
    code = "import nodecalc as nc; e = nc.estimate(100, node='n5'); print(e.gross_dies, len(e.sources), nc.__file__)"
    environment = {**os.environ, "PYTHONPATH": WHEEL}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    dies, sources, home = done.stdout.split()
    assert (dies, sources) == ("616", "6")
    assert home.startswith(WHEEL)


@needs_install
def test_the_distribution_knows_its_version_and_entry_points():
    assert INSTALLED.version == nodecalc.__version__
    (program,) = [e for e in entry_points(group="console_scripts") if e.name == "nodecalc"]
    assert callable(program.load())
    assert any(e.value == "nodecalc_kernels.compiled:register" for e in entry_points(group="numba_extensions"))


@needs_install
def test_core_requirements_are_four():
    wanted = [r.split(";")[0] for r in INSTALLED.requires if "extra ==" not in r]
    names = sorted("".join(c for c in r if c.isalnum() or c == "-").rstrip("0123456789") for r in wanted)
    assert [n[:5] for n in names] == ["numba", "numpy", "rich", "typer"]
