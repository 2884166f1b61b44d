"""The walk-throughs of CONTRIBUTING.md, carried out on a copy of the project."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import nodecalc
import nodecalc_kernels
import nodecalc_seeds

TEXT = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")


def block(kind: str) -> tuple[str, str]:
    """Return name and code of the block marked ``<!-- kind: name -->``."""
    found = re.search(rf"<!-- {kind}: (\S+) -->\n```\w+\n(.*?)\n```", TEXT, re.DOTALL)
    assert found, f"CONTRIBUTING.md has no block for a {kind}"
    return found[1], found[2]


@pytest.fixture
def copy(tmp_path):
    """A copy of the three packages, and a way to run the program from it."""
    for package in (nodecalc, nodecalc_kernels, nodecalc_seeds):
        home = Path(package.__file__).parent
        shutil.copytree(home, tmp_path / home.name, ignore=shutil.ignore_patterns("__pycache__"))

    def run(*arguments: str) -> str:
        environment = {**os.environ, "PYTHONPATH": str(tmp_path), "NODECALC_CACHE_DIR": str(tmp_path / "cache")}
        command = [sys.executable, *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return tmp_path, run


def test_adding_a_node_makes_it_answer(copy):
    root, run = copy
    name, toml = block("node")
    nodes = root / "nodecalc_seeds" / "nodes"
    (nodes / f"{name}.toml").write_text(toml + "\n", encoding="utf-8")
    with (nodes / "index.txt").open("a", encoding="utf-8") as index:
        index.write(f"{name}\tExample\tN9\t9FF\n")
    for spelling in (name, "n9", "Example 9FF"):
        row = json.loads(run("-m", "nodecalc", "die", "10x10", "-n", spelling, "-f", "json"))["rows"][0]
        assert row["node"] == name
        assert row["assumed"] == ["d0_per_cm2"]
        assert row["wafer_price_usd"] == 9000
        assert row["logic_density_mtr_per_mm2"] == pytest.approx(1.47368e6 / (60 * 260), rel=1e-5)
    assert "nearest" not in run("-m", "nodecalc", "nodes", name)


def test_adding_a_yield_model_brings_it_everywhere(copy):
    root, run = copy
    name, code = block("model")
    with (root / "nodecalc_kernels" / "yields.py").open("a", encoding="utf-8") as module:
        module.write("\n\n" + code + "\n")
    row = json.loads(run("-m", "nodecalc", "die", "10x10", "-n", "n5", "--model", name, "-f", "json"))["rows"][0]
    plain = (1 + 2.718281828459045 ** (-2 * row["mean_faults"])) / 2
    assert row["die_yield"] == pytest.approx(plain)
    assert "worked example" in run("-m", "nodecalc", "models", name)
    script = (
        "import numpy as np, nodecalc as nc\n"
        f"x = np.array([0.0, 0.3, 2.0]); y = nc.die_yield(x, {name!r})\n"
        f"print(max(abs(y - [nc.die_yield(float(v), {name!r}) for v in x])), max(abs(nc.mean_faults(y, {name!r}) - x)))"
    )
    parity, inverse = map(float, run("-c", script).split())
    assert parity < 1e-15
    assert inverse < 1e-14


def test_adding_a_quantity_takes_one_row_and_one_stage(copy):
    root, run = copy
    key, row = block("quantity")
    stage, code = block("stage")
    vocabulary = root / "nodecalc" / "vocabulary" / "results.py"
    text = vocabulary.read_text(encoding="utf-8")
    head = "\nOF_DIE: Final = (\n"
    assert text.count(head) == 1
    vocabulary.write_text(text.replace(head, f"{head}{row}\n"), encoding="utf-8")
    stages = root / "nodecalc_kernels" / "stages.py"
    text = stages.read_text(encoding="utf-8").replace("from math import nan", "from math import nan, pi")
    assert text.count("*cost_stages())") == 1
    text = text.replace("*cost_stages())", f"*cost_stages(), {stage}())")
    stages.write_text(text + "\n\n" + code + "\n", encoding="utf-8")
    document = json.loads(run("-m", "nodecalc", "die", "10x10", "-n", "n5", "--explain", "-f", "json"))
    found = document["rows"][0]
    assert found[key] == pytest.approx(found["gross_dies"] * 100 / (3.141592653589793 * 150**2))
    assert key in {step["key"] for step in document["explain"]}
    swept = json.loads(run("-m", "nodecalc", "sweep", "10x10", "-n", "n5", "-n", "n7", "--keys", key, "-f", "json"))
    assert [row[key] for row in swept["rows"]] == [pytest.approx(found[key])] * 2
