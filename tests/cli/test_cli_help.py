"""The help of the program and of its commands: any width, options under headings, examples that run."""

import json
import shlex

import pytest

from nodecalc.cli.declared import COMMANDS
from nodecalc.cli.help import EXIT_CODES, HEADINGS, continued
from nodecalc.cli.typed import build

WIDTHS = (60, 80, 100, 140)


@pytest.fixture
def helped(good, monkeypatch):
    """Return the lines of a help at a width."""

    def call(*words, columns=80):
        monkeypatch.setenv("COLUMNS", str(columns))
        return good(*words, "--help").out.splitlines()

    return call


@pytest.fixture(scope="module")
def commands():
    from typer.main import get_command

    return get_command(build()).commands


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("words", [(), *((name,) for name in COMMANDS)])
def test_no_line_of_a_help_is_longer_than_the_terminal(helped, words, columns):
    lines = helped(*words, columns=columns)
    assert max(map(len, lines)) <= columns
    assert not any(line.endswith(" ") for line in lines)


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("name", COMMANDS)
def test_examples_stand_one_a_line_and_can_be_copied(helped, commands, name, columns):
    below = "\n".join(helped(name, columns=columns)).partition("\nExamples:\n")[2]
    typed = below.replace(" \\\n", " ").splitlines()
    examples = commands[name].epilog.splitlines()
    assert [shlex.split(line) for line in typed] == [shlex.split(line) for line in examples]
    assert all(line.startswith("  nodecalc ") for line in typed)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_stands_under_a_heading_of_its_own_kind(helped, commands, name):
    lines = helped(name)
    headings = [line for line in lines if line.endswith(":") and not line.startswith(" ")]
    assert "Options:" not in headings
    assert headings[-2:] == ["Output:", "Examples:"]
    assert len(headings) == len(set(headings))
    listed = [line.strip().partition("  ")[0].replace(",", " ").split() for line in lines[: lines.index("Examples:")]]
    for option in commands[name].params:
        if option.param_type_name == "option":
            assert option.rich_help_panel in HEADINGS
            longest = max(option.opts, key=len)
            assert sum(longest in words for words in listed if words and words[0].startswith("-")) == 1


def test_a_long_command_has_the_groups_that_people_look_for(helped):
    lines = helped("die")
    order = [lines.index(f"{h}:") for h in ("Die", "Defects", "Salvage", "Wafer", "Layers, of a wafer at cost")]
    order += [lines.index("Figures:"), lines.index("Output:")]
    assert order == sorted(order)
    (line,) = [line for line in lines if line.startswith("  --edge MM")]
    text = " ".join(lines[lines.index(line) : lines.index(line) + 2])
    assert "[0 to 50 mm; default: 3]" in text


@pytest.mark.parametrize("columns", WIDTHS)
def test_range_and_default_are_never_broken_apart(helped, columns):
    for name in ("die", "sweep", "wafer", "map"):
        for line in helped(name, columns=columns):
            assert line.count("[") == line.count("]"), line


def test_the_program_says_its_exit_codes(helped):
    lines = helped(columns=80)
    at = lines.index("Exit codes:")
    said = [line.split()[0] for line in lines[at + 1 : at + 1 + len(EXIT_CODES)]]
    assert said == ["0", "1", "2", "130"]


def test_no_part_of_a_line_to_type_is_lost():
    line = "nodecalc sweep -n n5 --over d0=0.01:1:500 --again grid.parquet --explain -o x"
    for width in range(30, 90):
        assert shlex.split(" ".join(continued(line, width)).replace(" \\ ", " ")) == line.split()


def _lots(folder):
    (folder / "lots.csv").write_text("area_mm2,dies,good\n100,600,452\n400,140,61\n665.6,82,13\n50,1200,1040\n")
    sites = [f"{x},{y},{1 if (3 * x + y) % 3 else 7}" for x in range(9) for y in range(8)]
    (folder / "map.csv").write_text("\n".join(["x,y,bin", *sites]) + "\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_runs(cli, commands, name, tmp_path, monkeypatch):
    _lots(tmp_path)
    monkeypatch.chdir(tmp_path)
    for line in commands[name].epilog.splitlines():
        words = shlex.split(line)
        assert words[0] == "nodecalc"
        done = cli(*words[1:])
        assert done.code == 0, f"{line}: {done.err}"
        assert done.out or any(tmp_path.iterdir())
        if words[-2:] == ["-f", "json"]:
            json.loads(done.out)
