"""The documents say what the program does: their commands run, their examples hold, their links lead somewhere."""

import doctest
import importlib
import pkgutil
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import nodecalc
import nodecalc_kernels
import nodecalc_seeds
from nodecalc.cli.declared import COMMANDS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
DOCUMENTS = ("README.md", "REFERENCE.md")
MODULES = sorted(
    module.name
    for package in (nodecalc, nodecalc_kernels, nodecalc_seeds)
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if not module.name.endswith("__main__")
)


@pytest.mark.parametrize("name", ["nodecalc", *MODULES])
def test_docstring_examples_hold(name):
    failed, _ = doctest.testmod(importlib.import_module(name))
    assert failed == 0


@pytest.mark.parametrize(("document", "least"), [("README.md", 8), ("REFERENCE.md", 30)])
def test_examples_of_the_documents_hold(document, least):
    path = ROOT / document
    if not path.exists():
        pytest.skip("the page is not beside the tests of an installed wheel")
    failed, tried = doctest.testfile(str(path), module_relative=False)
    assert tried >= least
    assert failed == 0


def console_blocks():
    for document in filter(Path.exists, (ROOT / name for name in DOCUMENTS)):
        for found in re.finditer(r"```console\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL):
            yield from re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", found[1], re.MULTILINE)


@pytest.mark.parametrize(("command", "said"), [pair for pair in console_blocks() if pair[1]])
def test_what_the_readme_shows_is_what_the_program_says(command, said):
    program, *arguments = shlex.split(command)
    done = subprocess.run([sys.executable, "-m", program, *arguments], capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == said


def readme_examples():
    block = re.search(r"## In a terminal\n\n```sh\n(.*?)```", README, re.DOTALL)
    for line in block[1].splitlines():
        yield from re.split(r"\s{2,}(?=nodecalc)", line.split("  #")[0].strip())


@pytest.mark.parametrize("command", list(readme_examples()))
def test_commands_of_the_readme_run(command, capsys):
    from nodecalc.cli.program import run

    program, *arguments = shlex.split(command)
    assert program == "nodecalc"
    assert run(arguments) == 0, capsys.readouterr().err


def test_the_readme_names_every_command():
    for command in COMMANDS:
        assert f"nodecalc {command}" in README


@pytest.mark.parametrize("name", ["run", "test"])
def test_the_two_commands_stand_in_the_readme(name):
    found = re.search(rf"<!-- command: {name} -->\n```sh\n(.*?)\n```", README)
    assert found
    assert found[1].startswith("python3 -m venv .venv && .venv/bin/pip install ")


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "REFERENCE.md"])
def test_links_lead_to_files_of_the_project(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    missing = []
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        inside = target.startswith(("tests/", "README", "CONTRIBUTING"))
        if not (ROOT / target).exists() and (inside or (ROOT / "pyproject.toml").exists()):
            missing.append(target)
    assert not missing


@pytest.mark.skipif(sys.platform == "win32", reason="drawn through a pseudo-terminal")
def test_the_picture_shows_what_the_program_prints():
    spec = importlib.util.spec_from_file_location("picture", Path(__file__).with_name("picture.py"))
    picture = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(picture)
    drawn = re.sub(r"<[^>]+>", "", picture.PICTURE.read_text(encoding="utf-8")).replace("&#160;", " ")
    for line in picture.shown_lines().plain.splitlines():
        for word in line.replace("─", " ").split():
            assert word in drawn


def test_the_reference_is_what_the_program_lists():
    spec = importlib.util.spec_from_file_location("reference", Path(__file__).with_name("reference.py"))
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    if not reference.PAGE.exists():
        pytest.skip("the page is not beside the tests of an installed wheel")
    assert reference.PAGE.read_text(encoding="utf-8") == reference.page()
