"""Bad input as a user meets it: one line on stderr that helps, exit code 2, nothing on stdout, no traceback."""

import pytest

from nodecalc.cli.declared import COMMANDS
from nodecalc.cli.typed import build

N5 = ("-n", "tsmc-n5")

# Words after the program's name, and what the line must contain.
BAD = [
    # evidence that means nothing under the model asked for
    (("die", "100", "-n", "intel-7", "--model", "bose-einstein", "--layers", "1e-5"), ["no defect density", "--d0"]),
    (("risk", "100", "-n", "intel-7", "--model", "bose-einstein", "--layers", "1e-5"), ["no defect density", "--d0"]),
    (("die", "100", "--model", "bose-einstein", "--layers", "12", "--d0", "0.1"), ["wafer_price_usd", "--wafer-price"]),
    # unknown names, with the nearest
    (("die", "100", "-n", "tsmc-n55"), ["tsmc-n55", "tsmc-n5"]),
    (("die", "100", "-n", "smic-n3"), ["smic-n+3"]),
    (("die", "100", "-n", "5nm"), ["ambiguous", "tsmc-n5", "samsung-5lpe"]),
    (("die", "100", "-n", ""), ["node"]),
    (("die", "100", "-n", "zzz"), ["zzz", "nodecalc nodes"]),
    (("die", "100", *N5, "-n", "tsmc-n55"), ["tsmc-n55"]),
    (("die", "100", *N5, "--model", "murphey"), ["murphey", "murphy"]),
    (("die", "100", *N5, "--model", "seeds"), ["exponential", "1/(1+x)", "moore", "exp(-sqrt(x))"]),
    (("die", "100", *N5, "--model", "Seeds"), ["exponential", "moore"]),
    (("models", "seeds"), ["exponential", "moore"]),
    (("die", "100", *N5, "--placement", "bset"), ["bset", "best"]),
    (("die", "100", *N5, "--placement", "de-vries"), ["de-vries-exp"]),
    (("die", "100", *N5, "--edge-rule", "half"), ["finished-die", "whole-cell"]),
    (("die", "--chip", "kirin-9000t"), ["kirin-9000s"]),
    (("nodes", "tsmc-n55"), ["tsmc-n5"]),
    (("nodes", "--foundry", "tmsc"), ["TSMC"]),
    (("nodes", "--class", "nor"), ["nand"]),
    (("chips", "kirim-9000s"), ["kirin-9000s"]),
    (("die", "--chip", "kirin"), ["kirin-90"]),
    (("die", "--chip", "exynos-2400"), ["samsung-exynos-2400", "samsung-4lpe", "give a size"]),
    (("chips", "kirin", "snapdragon"), ["unknown chip 'kirin'"]),
    (("chips", "--vendor", "nvidea"), ["NVIDIA"]),
    (("chips", "--node", "tsmc-n55"), ["tsmc-n5"]),
    (("models", "murphi"), ["murphy"]),
    (("sources", "cset_2021"), ["cset_2020"]),
    # sizes
    (("die", "0", *N5), ["0.0025"]),
    (("die", *N5, "--", "-100"), ["-100", "100mm2"]),
    (("die", "-100", *N5), ["-100", "negative", "10x10"]),
    (("die", "10x0", *N5), ["die_height_mm"]),
    (("die", "nan", *N5), ["nan"]),
    (("die", "inf", *N5), ["inf"]),
    (("die", "1e999x1", *N5), ["die_width_mm"]),
    (("die", "1e9", *N5), ["160000"]),
    (("die", "1nm2", *N5), ["nm2", "100mm2"]),
    (("die", "10mm", *N5), ["10x10mm"]),
    (("die", "10,5x10", *N5), ["10,5x10"]),
    (("die", "", *N5), ["size"]),
    (("die", "abc", *N5), ["abc", "10x12"]),
    (("die", "100\n200", *N5), ["100mm2"]),
    (("die", *N5), ["SIZE", "--transistors", "--chip"]),
    (("die", "100", "--chip", "kirin-9000s"), ["two dies"]),
    (("die", "100", *N5, "--transistors", "1e10"), ["two sizes"]),
    (("die", "10x10", *N5, "--aspect", "2"), ["--aspect"]),
    (("die", *N5, "--aspect", "2"), ["SIZE"]),
    (("die", "100", *N5, "--utilisation", "0.8"), ["--transistors"]),
    (("die", *N5, "--transistors", "1e30"), ["--transistors"]),
    (("die", *N5, "--transistors", "-1"), ["--transistors"]),
    # a die that fits nowhere
    (("die", "210x210", *N5), ["fits nowhere", "294"]),
    (("die", "295x1", *N5), ["fits nowhere"]),
    (("die", "40x40", *N5, "--wafer", "50"), ["fits nowhere", "44"]),
    (("die", "250x250", *N5, "--placement", "area"), ["fits nowhere"]),
    # numbers
    (("die", "100", *N5, "--d0", "0.00009"), ["/cm2", "/mm2", "/in2", "0.0001 to 10"]),
    (("die", "100", *N5, "--d0", "11"), ["0.0001 to 10"]),
    (("die", "100", *N5, "--d0", "0"), ["0.0001 to 10"]),
    (("die", "100", *N5, "--d0", "-0.1"), ["--d0"]),
    (("die", "100", *N5, "--d0", "-0.1/cm2"), ["--d0", "outside"]),
    (("die", "100", *N5, "--d0", "nan"), ["--d0"]),
    (("die", "100", *N5, "--d0", "inf"), ["--d0"]),
    (("die", "100", *N5, "--d0", "1e9/cm2"), ["1000"]),
    (("die", "100", *N5, "--d0", "0,1"), ["comma", "0.1"]),
    (("die", "100", *N5, "--d0", "0.1/dm2"), ["/dm2", "/cm2"]),
    (("die", "100", *N5, "--d0", "0.1 1/cm2"), ["--d0"]),
    (("die", "100", *N5, "--d0", "low"), ["low"]),
    (("die", "100", *N5, "--d0", ""), ["--d0"]),
    (("die", "100", *N5, "--wafer-price", "0"), ["--wafer-price", "outside"]),
    (("die", "100", *N5, "--wafer-price", "-1"), ["--wafer-price"]),
    (("die", "100", *N5, "--wafer-price", "17,000"), ["comma"]),
    (("die", "100", *N5, "--wafer-price", "1e12"), ["--wafer-price"]),
    (("die", "100", *N5, "--wafer", "12in"), ["300"]),
    (("die", "100", *N5, "--wafer", "0"), ["--wafer"]),
    (("die", "100", *N5, "--wafer", "1e5"), ["450"]),
    (("die", "100", *N5, "--edge", "-1"), ["--edge"]),
    (("die", "100", *N5, "--edge", "50", "--wafer", "100"), ["--edge", "half"]),
    (("die", "100", *N5, "--scribe", "-0.1"), ["--scribe"]),
    (("die", "100", *N5, "--scribe", "nan"), ["--scribe"]),
    (("die", "100", *N5, "--line-yield", "95"), ["95%", "0.95"]),
    (("die", "100", *N5, "--line-yield", "0"), ["more than 0"]),
    (("die", "100", *N5, "--systematic-yield", "1.1"), ["--systematic-yield"]),
    (("die", "100", *N5, "--critical-area", "0"), ["--critical-area"]),
    (("die", "100", *N5, "--alpha", "2"), ["negative-binomial"]),
    (("die", "100", *N5, "--model", "negative-binomial", "--alpha", "0"), ["--alpha"]),
    (("die", "100", *N5, "--layers", "10"), ["bose-einstein"]),
    (("die", "100", *N5, "--model", "bose-einstein"), ["--d0", "--layers"]),
    (("die", "100", *N5, "--model", "bose-einstein", "--layers", "10"), ["per critical layer", "--d0"]),
    (("die", "100", *N5, "--model", "bose-einstein", "--d0", "0.02"), ["--layers"]),
    (("die", "100", *N5, "--density", "0"), ["--density"]),
    (("die", "800", *N5, "--d0", "999/cm2", "--model", "poisson"), ["no good die", "--d0"]),
    # missing and weak figures
    (("die", "100"), ["-n", "--d0", "--wafer-price"]),
    (("die", "66.99", "-n", "cxmt-g4"), ["--d0", "--wafer-price", "cxmt-g4"]),
    (("die", "66.99", "-n", "cxmt-g4", "--d0", "0.1"), ["--wafer-price"]),
    (("die", "-n", "cxmt-g4", "--transistors", "1e9", "--d0", "0.1", "--wafer-price", "3000"), ["--density"]),
    (("die", "100", "-n", "smic-n+3", "--strict"), ["estimated", "--d0", "--density", "--strict"]),
    # usage
    (("bogus",), ["bogus", "--help"]),
    (("die", "100", *N5, "--bogus"), ["--bogus"]),
    (("die", "100", *N5, "--d0"), ["--d0"]),
    (("die", "100", "200", *N5), ["200"]),
    (("die", "100", *N5, "-f", "xml"), ["xml", "json", "csv", "markdown"]),
    (("nodes", "-f", "yaml"), ["yaml", "json"]),
    (("nodes", "n5", "--foundry", "tsmc"), ["filters"]),
    (("chips", "kirin-9000s", "--vendor", "hisilicon"), ["filters"]),
    (("nodes", "--year", "twenty"), ["--year", "2018:2022"]),
    (("nodes", "--year", "2022:2018"), ["--year"]),
    (("nodes", "--year", ":"), ["--year"]),
    (("--bogus",), ["--bogus"]),
    # one value, given twice
    (("die", "100", *N5, "--d0", "0.1", "--d0", "0.2"), ["--d0: given twice; give it once"]),
    (("die", "100", *N5, "--d0", "0.1", "--d0-per-cm2=0.2"), ["--d0: given twice"]),
    (("die", "100", *N5, "-f", "json", "--format", "csv"), ["--format: given twice"]),
    (("die", "100", *N5, "--year", "2020", "--year", "2021"), ["--year: given twice"]),
    (("carbon", "100", *N5, "--grid", "china", "--grid", "taiwan"), ["--grid: given twice"]),
    (("sweep", "100", *N5, "--over", "d0=0.1,0.2", "--top", "3", "--top", "4"), ["--top: given twice"]),
    (("risk", "--system", "h100", "--set", "volume=5", "--set", "volume=6"), ["one input twice"]),
    # given for all, and for none of them
    (
        ("solve", "wafer-price", "100", *N5, "--d0", "0.1", "--over", "d0=0.1,0.2", "--target", "cost=30"),
        ["--d0 0.1: it is an axis and fixed"],
    ),
    (("die", "100", "-n", "n5:d0=0.1", "--d0", "0.2"), ["--d0 0.2: n5:d0=0.1 has its own"]),
    (("compare", "100", "-n", "n5:d0=0.1,n7:d0=0.3", "--d0", "0.2"), ["--d0 0.2: each node has its own"]),
    (("risk", "100", "-n", "n5:edge=2", "--edge", "3"), ["--edge 3: n5:edge=2 has its own"]),
    (("sweep", "100", "-n", "n5:d0=0.1", "--d0", "0.2", "--over", "edge=1,2"), ["--d0 0.2: n5:d0=0.1 has its own"]),
    (("wafer", "n5:margin=0.3", "--margin", "0.4"), ["--margin 0.4: n5:margin=0.3 has its own"]),
    (("solve", "year", "100", "-n", "n5:d0=0.1", "--target", "cost=30", "--over", "d0=0.1,0.2"), ["--d0 in several"]),
    # catalogue
    (("die", "100", *N5, "--catalog", "missing.toml"), ["missing.toml"]),
    (("nodes", "--catalog", "missing.toml"), ["missing.toml"]),
]


@pytest.mark.parametrize(("words", "holds"), BAD, ids=[" ".join(words) for words, _ in BAD])
def test_bad_input_is_one_line_and_exit_code_2(cli, words, holds):
    done = cli(*words)
    assert done.code == 2
    assert done.out == ""
    assert done.err.count("\n") == 1
    assert done.err.endswith("\n")
    assert done.err.startswith("nodecalc: ")
    assert "Traceback" not in done.err
    for word in holds:
        assert word in done.err


# Every fifth in a process of its own: exit code and streams as a shell sees them.
@pytest.mark.parametrize("words", [words for words, _ in BAD[::5]], ids=" ".join)
def test_the_shell_sees_the_same(program, cli, words):
    inside, outside = cli(*words), program(*words)
    assert outside == inside


def test_good_input_is_exit_code_0_with_nothing_on_stderr(program):
    done = program("die", "100", *N5)
    assert (done.code, done.err) == (0, "")
    assert "616" in done.out


def test_bytes_that_are_no_text_are_one_line(program):
    done = program("die", b"\xff\xfe".decode("utf-8", "surrogateescape"), *N5)
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert "Traceback" not in done.err


@pytest.mark.parametrize("text", ["\x1b[31mred", "größe", "10x10\r\n", "💥", "%s%n", "{0}", "'; drop", "a" * 5000])
def test_strange_words_are_one_line(cli, text):
    for words in (
        (text,),
        ("die", text),
        ("die", "100", "-n", text),
        ("die", "100", *N5, "--d0", text),
        ("nodes", text),
    ):
        done = cli(*words)
        assert (done.code, done.out) == (2, "")
        assert done.err.count("\n") == 1


@pytest.mark.parametrize("text", ["\x1b[31mred", "\x1b]0;title\x07"])
def test_control_characters_of_a_word_are_not_sent_to_the_terminal(cli, text):
    for words in (("die", text, *N5), ("die", "100", "-n", text), ("die", "100", *N5, "--d0", text)):
        assert "\x1b" not in cli(*words).err


@pytest.mark.parametrize("words", [("examples", "scenario"), ("die", "100", *N5), ("nodes",)])
def test_control_characters_of_a_file_name_are_not_sent_to_the_terminal(cli, tmp_path, words):
    done = cli(*words, "-o", str(tmp_path / "a\x1b[31m\x7f.json"))
    assert done.code == 0
    assert done.err.rstrip("\n").isprintable()


@pytest.mark.parametrize(
    ("harvest", "said"),
    [("132/144", "units_needed as an axis with --harvest 132/144: give one of them"), ("/144", "write NEED/TOTAL")],
)
def test_harvest_beside_an_axis_of_units_is_told_without_words_of_the_program(cli, harvest, said):
    done = cli("sweep", "814", "-n", "n4", "--over", "units-needed=100:144:5", "--harvest", harvest)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert said in done.err


@pytest.mark.parametrize(
    "words",
    [
        ("map", "100", "-n", "n5", "-f", "json", "--by", "yield"),
        ("sweep", "100", "-n", "n5", "--over", "d0=0.1,0.2", "-o", "folder/", "--force"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(cli, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    done = cli(*words)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "leave it out" in done.err


@pytest.mark.parametrize("name", COMMANDS)
def test_an_option_with_nothing_in_it_is_not_taken_as_left_out(cli, tmp_path, name):
    from typer.main import get_command

    lots = tmp_path / "lots.csv"
    lots.write_text("area_mm2,dies,good\n100,600,452\n400,140,61\n665.6,82,13\n50,1200,1040\n")
    die = ("100", "-n", "n5")
    words = {"die": die, "map": die, "sweep": die, "wafer": ["n5"], "patterning": ["36"], "fit": [lots]}.get(name, ())
    for option in get_command(build((name, "keys"))).commands[name].params:
        if option.param_type_name == "option" and not option.is_flag:
            done = cli(name, *words, max(option.opts, key=len), "")
            assert (done.code, done.out) == (2, ""), option.opts
            assert done.err.count("\n") == 1


@pytest.mark.parametrize("units", [("--harvest", "132/144"), ("--units-needed", "132", "--units-total", "144")])
def test_bins_beside_other_units_are_told_as_they_were_given_and_the_advice_works(cli, good, units):
    die = ("die", "814", "-n", "n4", "--bin", "full=144:40000")
    done = cli(*die, *units)
    assert done.code == 2
    assert f"{' '.join(units[:2])} with bins whose least is 144" in done.err
    assert "132.0" not in done.err
    assert "--harvest 144/144, or leave out the bins" in done.err
    good(*die, "--harvest", "144/144")


@pytest.mark.parametrize("words", [("--chip", "h100"), ("100", *N5)])
def test_bins_beside_too_few_units_are_told_so_that_the_advice_works(cli, good, words):
    words = ("die", *words, "--bin", "full=144:40000", "--bin", "cut=132:30000")
    said = cli(*words, "--harvest", "10/12").err
    assert "give --harvest 132/144, or" in said
    good(*words, "--harvest", "132/144")


@pytest.mark.parametrize("ruled", [("--without", "duv"), ("--without", "arf,arfi"), ("--tools", "arf")])
def test_a_tool_that_would_do_is_named_where_those_allowed_do_not(cli, good, ruled):
    words = ("die", "100", *N5, "--wafer-basis", "cost")
    said = cli(*words, *ruled).err
    assert "allow arfi as well (in --tools where that is given, not in --without)" in said
    good(*words, *({"duv": ("--without", "iline,krf,arf"), "arf": ("--tools", "arf,arfi")}.get(ruled[1], ())))


def test_inputs_of_layers_are_named_by_their_options_everywhere(cli):
    for words in (("--over", "euv-power=100:400:3"), ("--margin", "0.4"), ("--without", "euv")):
        name = words[1].partition("=")[0] if words[0] == "--over" else words[0][2:]
        for command in ("die", "sweep"):
            if words[0] == "--over" and command == "die":
                continue
            done = cli(command, "100", "-n", "n5", *words)
            assert done.code == 2
            assert f"--{name}" in done.err


def test_a_price_that_is_a_multiple_of_an_unknown_one_names_whose(cli, tmp_path):
    path = tmp_path / "own.toml"
    evidence = 'year = 2025\nsource = "techspot_2025"\norigin = "o"\nkind = "reported"\n'
    path.write_text(
        'schema = 1\n[node.peer-x]\nfoundry = "X"\nname = "PX"\nclass = "logic"\n'
        '[node.mine-x]\nfoundry = "X"\nname = "MX"\nclass = "logic"\n'
        f'[[node.mine-x.evidence]]\nof = "d0"\nd0 = 0.1\n{evidence}'
        f'[[node.mine-x.evidence]]\nof = "wafer_price"\nratio = 1.5\nratio_of = "peer-x"\n{evidence}'
    )
    for command in ("die", "sweep"):
        done = cli(command, "100", "-n", "mine-x", "--catalog", path)
        assert done.code == 2
        assert "only known as a multiple of that of peer-x" in done.err
        assert "yield" not in done.err


def test_a_word_without_end_is_not_repeated_whole(cli):
    for words in (("a" * 5000,), ("die", "100", "-n", "a" * 5000), ("die", "100", *N5, f"--{'a' * 5000}")):
        assert len(cli(*words).err) < 1000
