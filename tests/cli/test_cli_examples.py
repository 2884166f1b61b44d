"""Examples that are shipped, each carried out; nodes and stacks printed as files that are read back."""

import ast
import json
import runpy
import shlex

import pytest

from nodecalc.catalogue.examples import examples

NAMES = [e.name for e in examples()]
COMMANDS = [e for e in examples() if e.command.startswith("nodecalc ")]


def test_every_example_is_listed_in_every_format(good):
    assert [row["name"] for row in good("examples", "-f", "json").json["rows"]] == NAMES
    for form in ("table", "csv", "markdown"):
        out = good("examples", "-f", form).out
        assert all(name in out for name in NAMES)


def test_every_file_of_the_folder_is_an_example():
    from pathlib import Path

    import nodecalc_seeds

    folder = Path(nodecalc_seeds.__file__).parent / "examples"
    files = {entry.name for entry in folder.iterdir() if not entry.name.startswith("__")} - {"index.txt"}
    assert files == {e.file for e in examples()}


@pytest.mark.parametrize("one", examples(), ids=NAMES)
def test_an_example_is_written_out_as_it_is(cli, good, tmp_path, one):
    assert good("examples", one.name).out == one.text
    assert good("examples", one.file).out == one.text
    path = tmp_path / one.file
    assert cli("examples", one.name, "-o", path).code == 0
    assert path.read_text(encoding="utf-8") == one.text
    assert cli("examples", one.name, "-o", path).code == 2


@pytest.mark.parametrize("one", COMMANDS, ids=[e.name for e in COMMANDS])
def test_the_command_of_an_example_runs(cli, good, tmp_path, one):
    path = tmp_path / one.file
    cli("examples", one.name, "-o", path)
    command = one.command.replace("FILE", shlex.quote(str(path)))
    assert good(*shlex.split(command)[1:]).out
    assert one.command.replace("FILE", one.file) in one.text


def test_the_sweep_writes_a_file_that_others_read(tmp_path, monkeypatch, capsys):
    pd = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    one = next(e for e in examples() if e.name == "sweep-to-parquet")
    (tmp_path / one.file).write_text(one.text)
    monkeypatch.chdir(tmp_path)
    runpy.run_path(one.file)
    frame = pd.read_parquet(tmp_path / "grid.parquet")
    assert len(frame) == 60
    assert "grid.parquet: 60 rows" in capsys.readouterr().out


def test_the_notebook_runs(capsys):
    for needed in ("pandas", "pyarrow", "matplotlib"):
        pytest.importorskip(needed)
    book = json.loads(next(e for e in examples() if e.name == "notebook").text)
    assert book["nbformat"] == 4
    names, shown = {}, []
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            *before, last = ast.parse("".join(cell["source"])).body
            exec(compile(ast.Module(before, []), "cell", "exec"), names)
            if isinstance(last, ast.Expr):
                shown.append(eval(compile(ast.Expression(last.value), "cell", "eval"), names))
            else:
                exec(compile(ast.Module([last], []), "cell", "exec"), names)
    assert names["table"].shape == (6, 2)
    assert [type(one).__name__ for one in shown] == ["Estimate", "Sweep", "Plot", "WaferCost", "WaferMap", "DataFrame"]
    assert all(hasattr(one, "_repr_html_") or hasattr(one, "_repr_png_") for one in shown)
    assert len(names["meeting"].plot().pictures[0].breaks) == 1
    assert all(series.band is not None for series in names["by_year"].plot().pictures[0].series)
    assert "d0_per_cm2" in capsys.readouterr().out


def test_an_unknown_example_is_one_line(cli):
    done = cli("examples", "own-nod")
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "own-node" in done.err


def test_the_command_line_prints_and_reads_them(cli, good, tmp_path):
    node, stack = tmp_path / "node.toml", tmp_path / "stack.toml"
    node.write_text(good("nodes", "n5,n7", "-f", "toml").out, encoding="utf-8")
    assert cli("wafer", "n5", "--without", "euv", "-o", stack).code == 0
    rows = good("die", "100", "-n", "n5,n7", "--catalog", node, "-f", "json").json["rows"]
    wanted = good("die", "100", "-n", "n5,n7", "-f", "json").json["rows"]
    assert [row["good_die_cost_usd"] for row in rows] == [row["good_die_cost_usd"] for row in wanted]
    read = good("wafer", "n5", "--stack", stack, "-f", "json").json["wafer"]
    assert read["masks"] == good("wafer", "n5", "--without", "euv", "-f", "json").json["wafer"]["masks"]
    assert cli("wafer", "n5", "-o", stack).code == 2


@pytest.mark.parametrize("words", [("nodes", "-f", "toml"), ("wafer", "n5", "-f", "toml", "--explain"),
                                   ("die", "100", "-n", "n5", "-f", "toml")])  # fmt: skip
def test_what_has_no_template_is_one_line(cli, words):
    done = cli(*words)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
