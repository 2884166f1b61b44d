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

REFERENCE = Path(__file__).with_name("reference.py")
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

    def run(*arguments: str, **more: str) -> str:
        environment = {**os.environ, **more, "PYTHONPATH": str(tmp_path), "NODECALC_CACHE_DIR": str(tmp_path / "cache")}
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
    of, evidence = block("evidence")
    (root / "nodecalc_seeds" / "evidence" / f"{of}.toml").write_text(evidence + "\n", encoding="utf-8")
    with (nodes / "index.txt").open("a", encoding="utf-8") as index:
        index.write(f"{name}\tExample\tN9\t9FF\n")
    for spelling in (name, "n9", "Example 9FF"):
        row = json.loads(run("-m", "nodecalc", "die", "10x10", "-n", spelling, "-f", "json"))["rows"][0]
        assert row["node"] == name
        assert row["assumed"] == row["estimated"] == []
        assert row["wafer_price_usd"] == pytest.approx(9000)
        assert row["die_yield"] == pytest.approx(0.83, abs=0.005)
        assert row["logic_density_mtr_per_mm2"] == pytest.approx(1.47368e6 / (60 * 260), rel=1e-5)
    assert "nearest" not in run("-m", "nodecalc", "nodes", name)


def test_adding_a_yield_model_brings_it_everywhere(copy):
    root, run = copy
    name, code = block("model")
    with (root / "nodecalc_kernels" / "defects" / "yields.py").open("a", encoding="utf-8") as module:
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


def insert(path: Path, before: str, text: str) -> None:
    """Put `text` in front of the one place where `before` stands."""
    whole = path.read_text(encoding="utf-8")
    assert whole.count(before) == 1, (path, before)
    path.write_text(whole.replace(before, text + before), encoding="utf-8")


def add_an_input_and_a_stage(root: Path) -> tuple[str, str]:
    """Follow the walk-through on a copy; return the keys of the new input and the new output."""
    (taken, row), (given, result) = block("input"), block("output")
    vocabulary = root / "nodecalc" / "vocabulary" / "die.py"
    insert(vocabulary, "    # Wafer\n", f"{row}\n{result}\n")
    kernel = root / "nodecalc_kernels" / "cost" / "die.py"
    insert(kernel, "QUOTED_PRICE: Final", block("formula")[1] + "\n\n\n")
    insert(kernel, ')\n"""What a die costs at a wafer', block("stage")[1] + "\n")
    return taken, given


def sources(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*.py"))}


def test_an_input_and_a_stage_take_two_files_and_are_everywhere(copy):
    root, run = copy
    before = sources(root)
    taken, given = add_an_input_and_a_stage(root)
    after = sources(root)
    assert len([name for name in after if after[name] != before.get(name)]) == 2

    def die(*more: str) -> dict:
        return json.loads(run("-m", "nodecalc", "die", "10x10", "-n", "n5", *more, "-f", "json"))

    plain, tested = die()["rows"][0], die("--die-test", "3", "--explain")
    row = tested["rows"][0]
    assert (plain[taken], row[taken]) == (0.0, 3.0)
    assert plain[given] == plain["good_die_cost_usd"]
    assert row[given] == pytest.approx(row["good_die_cost_usd"] + 3.0 / row["die_yield"])
    steps = {step["key"]: step for step in tested["explain"]}
    assert steps[given]["formula"] == "C_t = C + t / Y"
    assert " + 3 / " in steps[given]["put_in"]
    assert taken in steps
    assert "--die-test" in run("-m", "nodecalc", "die", "--help")
    listed = {row["key"]: row for row in json.loads(run("-m", "nodecalc", "keys", "-f", "json"))["rows"]}
    assert (listed[taken]["option"], listed[taken]["high"]) == ("--die-test", 1e4)
    assert listed[given]["result"]
    assert taken in run("-m", "nodecalc", "keys", "die-test")
    page = run("-c", f"import runpy; print(runpy.run_path({str(REFERENCE)!r})['page']())")
    assert f"| {taken} | --die-test | USD | 0 to 10000 | 0 |" in page
    assert f"| {given} | USD | lower |" in page
    for shell, words, expected in (
        ("complete_bash", "nodecalc sweep 100 --over die-t", "die-test="),
        ("complete_bash", "nodecalc keys die_t", taken),
        ("complete_fish", "nodecalc sweep 100 --keys tested", given),
    ):
        more = {"_NODECALC_COMPLETE": shell, "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
        more |= {"_TYPER_COMPLETE_ARGS": words, "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
        found = run("-c", "from nodecalc.__main__ import main; main()", **more)
        assert expected in found.split(), (shell, words)
    swept = json.loads(
        run("-m", "nodecalc", "sweep", "10x10", "-n", "n5", "--over", "die-test=0,3", "--keys", given, "-f", "json")
    )
    assert [r[given] for r in swept["rows"]] == [pytest.approx(plain[given]), pytest.approx(row[given])]
    script = f"""
import numpy as np, nodecalc as nc
want = nc.estimate("10x10", node="tsmc-n5", {taken}=3).{given}
sides = dict(die_width_mm=10.0, die_height_mm=10.0)
for kind in ("float64", "float32"):
    found = nc.evaluate({{**sides, "{taken}": np.array([3.0, 0.0])}}, node="tsmc-n5", outputs=["{given}"], dtype=kind)
    print(float(found["{given}"][0]) / want - 1.0)
low = nc.sweep("10x10", node="tsmc-n5", {taken}=np.linspace(0, 3, 2000), outputs="{given}", reduce=["max"])
print(low.reductions["{given}"]["max"] / want - 1.0)
"""
    double, single, largest = map(float, run("-c", script).split())
    assert abs(double) < 1e-14
    assert abs(single) < 1e-6
    assert abs(largest) < 1e-14


def test_adding_a_tool_makes_it_a_tool_everywhere(copy):
    root, run = copy
    name, table = block("tool")
    (root / "own.toml").write_text(f"{table}\n", encoding="utf-8")
    found = json.loads(
        run("-m", "nodecalc", "patterning", "36", "--tools", name, "--catalog", "own.toml", "-f", "json")
    )
    assert {row["tool"] for row in found["rows"]} == {name}
    stack = (
        '[[layer]]\nname = "M0"\nfeature = "line"\ncount = 4\nscheme = "se"\ntool = "ldp"\npitch_nm = 36\n'
        '[[layer]]\nname = "top"\nfeature = "line"\ncount = 9\nscheme = "se"\ntool = "krf"\n'
    )
    (root / "stack.toml").write_text(stack, encoding="utf-8")
    both = ("--stack", "stack.toml", "--catalog", "own.toml", "-f", "json")
    wafer = json.loads(run("-m", "nodecalc", "wafer", *both))["wafer"]
    assert wafer["euv_exposures"] == 4
    assert wafer["wafer_cost_usd_p10"] < wafer["wafer_cost_usd"] < wafer["wafer_cost_usd_p90"]
    without = json.loads(run("-m", "nodecalc", "wafer", *both, "--without", "euv"))["wafer"]
    assert without["euv_exposures"] == 0
    script = f"""
import nodecalc as nc
dear, cheap = (nc.wafer_cost(stack="stack.toml", catalogue="own.toml", {name}_scanner_price_usd=p) for p in (2e8, 5e7))
print(dear.wafer_cost_usd > cheap.wafer_cost_usd)
"""
    assert run("-c", script).split() == ["True"]
