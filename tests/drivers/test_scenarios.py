"""Scenario files: extends, strict keys, axes beside points; one question, one set of bytes; asked again."""

import json
import random

import pytest

import nodecalc as nc
from nodecalc.catalogue.digest import data_digest, names
from nodecalc.cli.program import run
from nodecalc.files.scenario import read_scenario

BASE = """schema = 1
[die]
size = "10x10"
node = ["tsmc-n5", "smic-n+2"]
line_yield = "95%"
"""


@pytest.fixture
def write(tmp_path):
    def save(name, text):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return str(tmp_path / name)

    return save


def test_a_file_extends_another_and_says_again_what_changes(write):
    write("base.toml", BASE)
    child = write(
        "child.toml", 'extends = "base.toml"\n[die]\nnode = "n7"\n[axes]\nd0 = [0.05, 0.1]\nline-yield = "0.9:1:2"\n'
    )
    found = nc.run_scenario(child)
    assert [(e.node, e.inputs.numbers["d0_per_cm2"], e.inputs.numbers["line_yield"]) for e in found] == [
        ("tsmc-n7", 0.05, 0.9), ("tsmc-n7", 0.05, 1.0), ("tsmc-n7", 0.1, 0.9), ("tsmc-n7", 0.1, 1.0)
    ]  # fmt: skip
    assert found[0] == nc.estimate("10x10", node="n7", d0=0.05, line_yield=0.9)


def test_points_belong_together_and_go_beside_axes(write):
    file = write(
        "p.toml",
        '[die]\nnode = "n5"\n[axes]\nd0 = [0.1, 0.2]\n[points]\nsize = [50, "10x10"]\nmodel = ["poisson", "murphy"]\n',
    )
    found = nc.run_scenario(file)
    told = [(e.inputs.die.area_mm2, e.inputs.names["yield_model"], e.inputs.numbers["d0_per_cm2"]) for e in found]
    assert told == [(50, "poisson", 0.1), (50, "poisson", 0.2), (100, "murphy", 0.1), (100, "murphy", 0.2)]


def test_the_same_question_has_the_same_bytes_from_words_a_file_and_the_library(write, tmp_path):
    file = write("base.toml", BASE)
    words = ["die", "10x10", "-n", "tsmc-n5", "-n", "smic-n+2", "--line-yield", "95%"]
    outs = [tmp_path / f"{name}.json" for name in "abc"]
    assert run([*words, "-o", str(outs[0])]) == 0
    assert run(["die", "--scenario", file, "-o", str(outs[1])]) == 0
    nc.save_answers(nc.run_scenario(file), outs[2])
    assert outs[0].read_bytes() == outs[1].read_bytes() == outs[2].read_bytes()


OF_COMMANDS = {
    "risk": (
        '[die]\nsize = 107\nnode = ["smic-n+3", "n5"]\nline-yield = 0.9\n[risk]\nsamples = 512\nseed = 7\n'
        'keys = ["cost", "die_yield"]\nprob = "smic-n+3 > tsmc-n5"\ndrivers = false\n[risk.vary]\n'
        '"n5:d0" = [0.05, 0.1, 0.2]\n',
        "107 -n smic-n+3,n5 --line-yield 90% --samples 512 --seed 7 --keys cost,die-yield --no-drivers --vary "
        "tsmc-n5:d0=0.05:0.1:0.2",
        ["--prob", "smic-n+3 > tsmc-n5"],
    ),
    "solve": (
        '[die]\nsize = 600\nnode = "smic-n+2"\n[axes]\nline-yield = "0.8:1:3"\n[solve]\nkey = "d0"\nto = "n7"\n',
        "d0 600 -n smic-n+2 --equal tsmc-n7 --over line-yield=0.8:1:3",
        [],
    ),
    "compare": (
        '[die]\nsize = "10x12"\nnode = ["n7", "n5"]\n[compare]\nport = true\nsram-share = 0.3\nanalog_share = "20%"\n'
        'order = ["yield", "price"]\n',
        "10x12mm -n n7 -n n5 --port --sram-share 30% --analog-share 0.2 --order yield,price",
        [],
    ),
    "sweep": (
        '[die]\nsize = 100\nnode = ["n5", "n7"]\nline-yield = 0.9\n[axes]\nd0 = "0.05:0.2:4"\n[sweep]\n'
        'keys = "cost,die_yield"\n',
        "100mm2 -n n5,n7 --line-yield 90% --over d0=0.05:0.2:4 --keys good_die_cost_usd,die-yield",
        [],
    ),
    "wafer": (
        '[die]\nnode = "smic-n+3"\neuv-power = 250\nwithout = ["euv"]\n[wafer]\ncompare = "n5"\narea = "6cm2"\n',
        "smic-n+3 --euv-power 250 --without euv --compare tsmc-n5 --area 600",
        [],
    ),
}


@pytest.mark.parametrize("command", OF_COMMANDS)
def test_a_scenario_of_any_command_has_the_same_bytes_from_words_a_file_the_library_and_asked_again(
    command, write, tmp_path
):
    text, words, more = OF_COMMANDS[command]
    file = write("s.toml", text)
    outs = [tmp_path / f"{name}.json" for name in "abcd"]
    assert run([command, *words.split(), *more, "-o", str(outs[0])]) == 0
    assert run([command, "--scenario", file, "-o", str(outs[1])]) == 0
    found = nc.run_scenario(file, command=command)
    assert found.command == command
    nc.save_answers(found, outs[2])
    assert run([command, "--again", str(outs[0]), "-o", str(outs[3])]) == 0
    first = outs[0].read_bytes()
    assert [out.read_bytes() == first for out in outs] == [True] * 4


def test_a_file_names_its_command_and_serves_others_too(write, tmp_path, capsys):
    base = write("base.toml", '[die]\nsize = 100\nnode = ["n7", "n5"]\n[solve]\nkey = "d0"\ntarget = "cost=30"\n')
    child = write("c.toml", f'extends = "{base}"\ncommand = "compare"\n[solve]\nto = "n7"\n[risk]\nsamples = 512\n')
    assert nc.run_scenario(base).command == "solve"
    assert nc.run_scenario(child).command == "compare"
    assert nc.run_scenario(child, command="risk")[0].count == 512
    assert run(["solve", "--scenario", child, "-f", "json"]) == 0
    assert {row["to"] for row in json.loads(capsys.readouterr().out)["rows"]} == {"tsmc-n7"}
    assert nc.estimate(scenario=child, node="n5") == nc.estimate(100, node="n5")


def test_points_and_axes_of_any_command_are_questions_and_rows(write, tmp_path):
    file = write(
        "p.toml",
        '[die]\nnode = ["n7", "n5"]\n[points]\nname = ["phone", "gpu"]\nsize = [100, 600]\n[risk]\nsamples = 256\n'
        "drivers = false\n[compare]\n[sweep]\n[axes]\nd0 = [0.1, 0.2]\n",
    )
    out, again = tmp_path / "a.json", tmp_path / "b.json"
    for command, rows in (("risk", 12), ("compare", 16), ("sweep", 8)):
        assert run([command, "--scenario", file, "-o", str(out), "--force"]) == 0
        found = json.loads(out.read_text())["rows"]
        assert len(found) == rows
        assert [found[0]["name"], found[-1]["name"]] == ["phone", "gpu"]
        assert run([command, "--again", str(out), "-o", str(again), "--force"]) == 0
        assert again.read_bytes() == out.read_bytes()
    alone = nc.risk(600, node=["n7", "n5"], d0=0.2, samples=256, drivers=False)
    assert nc.run_scenario(file, command="risk")[3].p50 == alone.p50


TEXTS_OF_AXES = (
    ("d0", ["0.1/cm2", "5/cm2"]), ("d0", ["5/cm2"]), ("d0", [0.1, "0.2"]), ("line_yield", ["90%", "95%"]),
    ("edge", ["1mm", "20mm"]), ("wafer_price", ["10k", "20k"]), ("area", ["1cm2", "2cm2"]), ("year", ["2020", "2021"]),
    ("n5:d0", ["0.1/cm2", "5/cm2"]), ("wafer_price", ["70k CNY@CNY=7", "20k"]),
)  # fmt: skip


@pytest.mark.parametrize(("key", "texts"), TEXTS_OF_AXES)
def test_an_axis_of_texts_is_the_numbers_that_they_are(write, tmp_path, key, texts):
    size = [] if key == "area" else [100]
    die = "" if key == "area" else "size = 100\n"
    file = write("texts.toml", f'[die]\nnode = "n5"\n{die}[axes]\n"{key}" = {json.dumps(texts)}\n')
    own, plain = nc.run_scenario(file, command="sweep")[0], nc.sweep(*size, node=["n5"], **{key: texts})
    assert own["good_die_cost_usd"].tolist() == plain["good_die_cost_usd"].tolist()
    assert own.request == plain.request
    assert all(isinstance(x, float) for x in own.request.axes[-1].listed())
    if ":" not in key:
        costs = [e.good_die_cost_usd for e in nc.run_scenario(file, command="die")]
        assert own["good_die_cost_usd"].ravel().tolist() == pytest.approx(costs, rel=1e-12)
    saved, again = (str(tmp_path / name) for name in ("a.parquet", "b.parquet"))
    assert run(["sweep", "--scenario", file, "-o", saved]) == run(["sweep", "--again", saved, "-o", again]) == 0
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


@pytest.mark.parametrize(
    ("axis", "said"),
    [
        ('d0 = ["0.1/cm2", "abc"]', "--d0 'abc': not a number"),
        ('d0 = ["-5", "1e9"]', "--d0 -5: outside"),
        ('d0 = ["0.1", "0.1/cm2"]', "axis d0_per_cm2: 0.1 twice"),
        ("d0 = [0.1, 0.1]", "axis d0_per_cm2: 0.1 twice"),
    ],
)
@pytest.mark.parametrize("words", [["sweep"], ["solve", "wafer-price", "--target", "cost=30"]])
def test_an_axis_of_texts_that_are_no_numbers_is_refused(write, capsys, axis, said, words):
    assert run([*words, "--scenario", write("bad.toml", f'[die]\nsize = 100\nnode = "n5"\n[axes]\n{axis}\n')]) == 2
    assert said in capsys.readouterr().err


def test_an_axis_that_is_a_text_by_itself_is_a_question_each(write):
    file = write("h.toml", '[die]\nsize = 100\nnode = "n5"\n[axes]\nharvest = ["10/12", "11/12"]\n')
    sweeps, dies = nc.run_scenario(file, command="sweep"), nc.run_scenario(file, command="die")
    assert [s["sellable_die_cost_usd"].item() for s in sweeps] == pytest.approx([e.sellable_die_cost_usd for e in dies])


def test_asking_again_keeps_the_note_of_a_convention(write, tmp_path):
    outs = [tmp_path / f"{name}.json" for name in "abc"]
    assert run(["die", "100", "-n", "n5", "--convention", "catch", "-o", str(outs[0])]) == 0
    assert run(["die", "--again", str(outs[0]), "-o", str(outs[1])]) == 0
    file = write("s.toml", 'convention = "catch"\n[die]\nsize = 100\nnode = "n5"\n')
    assert run(["die", "--scenario", file, "-o", str(outs[2])]) == 0
    assert outs[0].read_bytes() == outs[1].read_bytes() == outs[2].read_bytes()
    assert any("counts:" in note for note in json.loads(outs[0].read_text())["notes"])


def test_a_draw_of_one_node_is_the_same_however_that_is_called():
    found = {
        name: nc.risk(100, node=["n5", "n7"], vary={f"{name}:d0": (0.1, 0.2)}, samples=512, drivers=False)
        for name in ("n5", "tsmc-n5", "TSMC N5")
    }
    assert len({risk.p10 for risk in found.values()}) == 1


def test_a_saved_answer_says_version_data_question_and_that_nothing_was_drawn(write, tmp_path):
    out = tmp_path / "a.json"
    assert run(["die", "--scenario", write("base.toml", BASE), "-o", str(out)]) == 0
    document = json.loads(out.read_text())
    assert document["version"] == nc.__version__
    assert document["data"] == data_digest()
    assert document["seed"] is None
    assert document["question"]["die"]["node"] == ["tsmc-n5", "smic-n+2"]


@pytest.mark.parametrize("ending", ["json", "parquet", "arrow"])
def test_five_hundred_rows_of_a_csv_are_answered_and_asked_again(write, tmp_path, ending):
    chance = random.Random(3)
    rows = [
        f"die {i},{chance.choice(['n5', 'n7', 'smic-n+2'])},{chance.uniform(20, 800):.1f},"
        f"{chance.uniform(0.05, 0.5):.3f},{chance.choice(['', '12k', '$15000'])}"
        for i in range(500)
    ]
    write("rows.csv", "\n".join(["name,node,size,d0,wafer-price", *rows]))
    file = write("rows.toml", '[die]\nline_yield = 0.97\n[points]\nfile = "rows.csv"\n')
    first, plain, second = tmp_path / f"a.{ending}", tmp_path / "a2.json", tmp_path / "b.json"
    assert run(["die", "--scenario", file, "-o", str(first)]) == 0
    assert run(["die", "--scenario", file, "-o", str(plain)]) == 0 or ending == "json"
    assert run(["die", "--again", str(first), "-o", str(second)]) == 0
    assert second.read_bytes() == plain.read_bytes()
    document = json.loads(second.read_text())
    assert len(document["rows"]) == 500
    last = document["rows"][-1]
    node, size, d0 = rows[-1].split(",")[1:4]
    assert last["name"] == "die 499"
    assert last["d0_per_cm2"] == float(d0)
    own = {"wafer_price": p} if (p := rows[-1].split(",")[4]) else {}
    assert (
        last["good_die_cost_usd"]
        == nc.estimate(size, node=node, d0=float(d0), line_yield=0.97, **own).good_die_cost_usd
    )


def test_words_beside_a_file_go_before_it(write):
    file = write("base.toml", BASE)
    assert nc.estimate(scenario=file, node="n5") == nc.estimate("10x10", node="n5", line_yield=0.95)
    assert nc.estimate(80, scenario=file, node="n5", line_yield=1) == nc.estimate(80, node="n5", line_yield=1)
    with pytest.raises(nc.NodecalcError, match="2 answers"):
        nc.estimate(scenario=file)


def test_a_catalogue_is_named_from_the_file_and_known_again(write, tmp_path, capsys):
    mine = write("mine.toml", 'schema = 1\n[node."tsmc-n5"]\nd0 = 0.2\n')
    file = write("s.toml", 'catalogue = "mine.toml"\n[die]\nsize = 100\nnode = "n5"\n')
    assert nc.estimate(scenario=file).inputs.numbers["d0_per_cm2"] == 0.2
    out = tmp_path / "a.json"
    assert run(["die", "--scenario", file, "-o", str(out)]) == 0
    assert run(["die", "--again", str(out)]) == 0
    write("mine.toml", 'schema = 1\n[node."tsmc-n5"]\nd0 = 0.3\n')
    assert mine
    capsys.readouterr()
    assert run(["die", "--again", str(out)]) == 2
    assert "is gone or has changed" in capsys.readouterr().err


EDITED = [
    ({"points": [], "columns": ["d0_per_cm2"]}, "allowed: a value under each column"),
    ({"points": [[1]]}, "allowed: a value under each column"),
    ({"columns": ["d0_per_cm2"] * 2, "points": [[0.1, 0.2]]}, "a list of different keys"),
    ({"columns": [1], "points": [[3]]}, "a list of different keys"),
    ({"strict": "x"}, "strict 'x'; allowed: true or false"),
    ({"strict": [1]}, "allowed: true or false"),
    ({"more": 1}, "question with 'more'"),
    ({"die": []}, "an object of inputs"),
    ({"die": {"size": "100", "node": ["tsmc-n5"], "d0_per_cm2": True}}, "one value each"),
    ({"axes": [["d0_per_cm2", [0.1]], ["d0_per_cm2", [0.2]]]}, "leave one of them out"),
    ({"axes": [["d0_per_cm2", [{}]]]}, "a list of keys and their values"),
    ({"catalogue": 3}, "a path, or null"),
    ({"convention": 5}, "a text, or null"),
    ({"own": {"keys": "cost"}}, "unknown key of [die]"),
]


@pytest.mark.parametrize(("edit", "said"), EDITED)
def test_an_edited_question_is_refused_by_its_checksum_and_without_one_by_its_shape(tmp_path, capsys, edit, said):
    file = tmp_path / "a.json"
    assert run(["die", "100", "-n", "tsmc-n5", "-o", str(file)]) == 0
    saved = json.loads(file.read_text())
    saved["question"] |= edit
    file.write_text(json.dumps(saved))
    for words in (["die", "--again", str(file)], ["diff", str(file), str(file)]):
        assert run(words) == 2
        assert "its question is not as it was written" in capsys.readouterr().err
    del saved["nodecalc_checksums"]
    file.write_text(json.dumps(saved))
    assert run(["die", "--again", str(file)]) == 2
    assert said in (told := capsys.readouterr().err)
    assert told.count("\n") == 1


def test_an_answer_without_a_checksum_is_asked_again(tmp_path):
    file = tmp_path / "a.json"
    assert run(["die", "100", "-n", "tsmc-n5", "-o", str(file)]) == 0
    saved = json.loads(file.read_text())
    del saved["nodecalc_checksums"]
    file.write_text(json.dumps(saved))
    assert run(["die", "--again", str(file)]) == run(["diff", str(file), str(file)]) == 0


@pytest.mark.parametrize("axis", ["alpha=1,inf", "edge=2,3"])
def test_a_sweep_is_asked_again_from_its_report_unless_that_is_edited(tmp_path, capsys, axis):
    file = tmp_path / "a.json"
    words = ["sweep", "100", "-n", "tsmc-n5", "--over", axis, "--model", "negative-binomial"]
    assert run([*words, "-o", str(file)]) == run(["sweep", "--again", str(file)]) == 0
    file.write_text(json.dumps(json.loads(file.read_text()) | {"spec": nc.sweep(90, node=["n5"]).request.to_spec()}))
    capsys.readouterr()
    assert run(["sweep", "--again", str(file)]) == run(["diff", str(file), str(file)]) == 2
    assert capsys.readouterr().err.count("its question is not as it was written") == 2


def test_whoever_can_ask_a_file_again_is_named(tmp_path, capsys):
    """A sweep holds its question in every form of file; what holds none says so, whichever command is asked."""
    words, sweeps = (
        ["sweep", "100", "-n", "n5", "--over", "d0=0.1,0.2"],
        ("a.json", "a.parquet", "a.csv", "a.npz", "a/"),
    )
    for name in sweeps:
        assert run([*words, "-o", f"{tmp_path}/{name}"]) == 0
    for name in ("die.json", "die.parquet"):
        assert run(["die", "100", "-n", "n5", "-o", f"{tmp_path}/{name}"]) == 0
    assert run(["claims", "-o", f"{tmp_path}/claims.json"]) == 0
    capsys.readouterr()
    for command, files, said in (
        ("die", sweeps, "ask nodecalc sweep --again"), ("system", sweeps, "ask nodecalc sweep --again"),
        ("sweep", ("die.json", "die.parquet"), "ask nodecalc die --again"),
        ("sweep", ("claims.json",), "an answer of nodecalc claims that holds no question"),
        ("die", ("claims.json",), "an answer of nodecalc claims that holds no question"),
    ):  # fmt: skip
        for name in files:
            assert run([command, "--again", f"{tmp_path}/{name}"]) == 2
            assert said in capsys.readouterr().err, (command, name)


def test_other_data_are_said_when_it_is_asked_again(write, tmp_path, capsys):
    out = tmp_path / "a.json"
    assert run(["die", "100", "-n", "n5", "-o", str(out)]) == 0
    document = json.loads(out.read_text()) | {"version": "0.1.0", "data": "other"}
    out.write_text(json.dumps(document))
    capsys.readouterr()
    assert run(["die", "--again", str(out)]) == 0
    said = capsys.readouterr().err
    assert "written by nodecalc 0.1.0" in said
    assert "other built-in data" in said


def test_the_hash_is_of_every_built_in_file():
    from pathlib import Path

    import nodecalc_seeds

    folder = Path(nodecalc_seeds.__file__).parent
    files = {file.relative_to(folder).as_posix() for file in folder.rglob("*.toml")}
    data = {file for file in files if not file.startswith("examples/")}
    hashed = set(names())
    assert data <= hashed
    assert all(name.startswith("evidence/") for name in hashed - data)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[dies]\nsize = 1\n", "unknown key 'dies'; nearest: die"),
        ("[die]\nd00 = 1\n", "d0_per_cm2"),
        ("[die]\nd0 = [1, 2]\n", "several go into"),
        ("[die]\nd0 = 0.1\n[axes]\nd0 = [1, 2]\n", "leave one of them out"),
        ('[die]\nnode = "n5"\n[points]\nnode = ["n5", "n7"]\n', "leave one of them out"),
        ("[die]\nd0 = 0.1\nd0_per_cm2 = 0.2\n", "given twice"),
        ("[points]\nd0 = [1, 2]\nsize = [3]\n", "lists of one length"),
        ('[points]\nfile = "no.csv"\n', "no such file"),
        ('[points]\nfile = "no.csv"\nd0 = [1]\n', "rows come from one of them"),
        ("[axes]\nd0 = 3\n", "give a list"),
        ("die = 3\n", "it is a table"),
        ("[die]\nnode = inf\n", "write a node's name"),
        ("[die]\nnode = [3]\n", "write a node's name"),
        ("schema = 2\n", "reads schema 1"),
        ("schema = true\n", "schema True: this version reads schema 1"),
        ("schema = 1.0\n", "schema 1.0: this version reads schema 1"),
        ('strict = "yes"\n', "true or false"),
        ('extends = "self.toml"\n', "extends itself"),
        ('extends = "none.toml"\n', "no such file"),
        ('extends = "\\u0000"\n', "no file has such a name"),
        ('[points]\nfile = ""\n', "a folder"),
        ("[die\n", "not TOML"),
        ('command = "fit"\n', "die, sweep, risk"),
        ("command = 3\n", "give one of die"),
        ("[risk]\nsample = 3\n", "nearest: samples"),
        ("[risk]\nd0 = 3\n", "inputs go into [die]"),
        ("[risk]\nindependent = 1\n", "give true or false"),
        ("[risk]\nprob = [1]\n", "give a text, or a list of texts"),
        ("[risk]\nprob = []\n", "give a text, or a list of texts"),
        ("risk = 3\n", "it is a table"),
        ('convention = "x"\n', "unknown convention"),
        ("convention = 3\n", "no name"),
        ("[die]\nnode = 5\n", "a node's name"),
        ("[die]\nnode = [5]\n", "a node's name"),
        ("[die]\nd0 = nan\n[axes]\nalpha = []\n", "give a list"),
    ],
)
def test_what_a_file_gets_wrong_is_one_line(write, text, said):
    file = write("self.toml", text)
    with pytest.raises(nc.NodecalcError) as raised:
        read_scenario(file)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)
    assert ".toml" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("node,d0\n", "no rows"),
        ("node,what\nn5,1\n", "unknown key 'what'"),
        ("node,d0\nn5\n", "1 cells under 2 columns"),
        ("d0,d0_per_cm2\n1,2\n", "two columns"),
        (f'node,name\nn5,"{"x" * 200_000}"\n', "no CSV"),
    ],
)
def test_what_a_csv_gets_wrong_is_one_line(write, text, said):
    write("p.csv", text)
    file = write("s.toml", '[points]\nfile = "p.csv"\n')
    with pytest.raises(nc.NodecalcError, match=said):
        read_scenario(file)


def test_no_nodes_are_not_those_of_the_file(write):
    file = write("s.toml", '[die]\nsize = 100\nnode = "n5"\n')
    for ask in (nc.run_scenario, lambda name, node: nc.estimate(scenario=name, node=node)):
        with pytest.raises(nc.NodecalcError, match=r"node \[\]: no node in it; name one, or leave it out"):
            ask(file, node=[])


def test_a_file_that_is_there_is_not_to_be_forced_where_nothing_forces(write):
    file = write("s.toml", '[die]\nsize = 100\nnode = "n5"\n')
    with pytest.raises(nc.NodecalcError, match="there is a file of that name; remove it, or give another name"):
        nc.save_answers(nc.run_scenario(file), write("a.json", ""))


@pytest.mark.parametrize("seed", [2**53 + 1, 2**63, -(2**70)])
def test_a_seed_of_any_size_is_itself(write, capsys, seed):
    want = nc.risk(100, node="n5", samples=256, drivers=False, seed=seed).p50
    words = ["risk", "100", "-n", "n5", "--samples", "256", "--no-drivers", "-f", "json"]
    assert run([*words, f"--seed={seed}"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"][0]["p50"] == want
    assert run([*words, "--scenario", write("s.toml", f'[risk]\nseed = "{seed}"\n')]) == 0
    assert json.loads(capsys.readouterr().out)["rows"][0]["p50"] == want


def test_a_row_that_cannot_be_answered_is_named(write):
    file = write("s.toml", '[die]\nnode = "n5"\n[points]\nsize = [100, 90000]\n')
    with pytest.raises(nc.NodecalcError, match="answer 2 of 2"):
        nc.run_scenario(file)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("die", "--again", "no.json"), "no such file"),
        (("die", "100", "--again", "no.json"), "the whole question"),
        (("die", "--scenario", "no.toml"), "no such file"),
        (("die", "--again", "/dev/null"), "no regular file"),
        (("die", "--again", "."), "a folder"),
        (("die", "--again", "/dev/null/x.parquet"), "cannot be read"),
        (("risk", "100", "--again", "no.json"), "the whole question"),
        (("wafer", "--again", "no.json"), "no such file"),
    ],
)
def test_words_that_name_no_question_are_refused_in_a_line(words, said, capsys):
    assert run(list(words)) == 2
    assert said in capsys.readouterr().err
