"""The quick reader of built-in files gives what `tomllib` gives, or leaves the file to it."""

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

import nodecalc_seeds
from nodecalc.catalogue.builtin import parse
from nodecalc.catalogue.plaintoml import read

FOLDER = Path(str(files(nodecalc_seeds)))
TEXTS = {str(path.relative_to(FOLDER)): path.read_text(encoding="utf-8") for path in sorted(FOLDER.rglob("*.toml"))}


def shown(value):
    """Everything that two answers could differ in: types, order, digits."""
    return repr(value)


def test_every_built_in_file_is_read_as_tomllib_reads_it():
    assert len(TEXTS) > 100
    assert [name for name, text in TEXTS.items() if shown(parse(text)) != shown(tomllib.loads(text))] == []


def test_the_built_in_files_are_plain():
    left = set()
    for name, text in TEXTS.items():
        try:
            read(text)
        except ValueError:
            left.add(name)
    assert left == set()


@pytest.mark.parametrize("text", ["", "\n\n", '[x."a]b"]\nc = 1\n'])
def test_a_rare_text_is_read_alike(text):
    assert shown(parse(text)) == shown(tomllib.loads(text))


@pytest.mark.parametrize("text", [
    "# a comment\na = 1\n", "a = 1", "a = -1.5\nb = 1e-6\nc = true\n", 'a = ""\nb = ["", "x, y = z"]\n',
    "a = []\nb = [1, 2.0]\n\n\n[c]\n[d.e]\nf = { g = 1, h = [1, 2] }\n",
    'a = [\n  { b = 1, c = "[d]" },\n  { b = 2, c = "e" },\n]\nf = 3\n',
    '[[a]]\nb = 1\n[[a]]\nb = 2\n[[a.c]]\nd = "{ e = 1 }"\n[a.f]\ng = 1\n', '"a b" = 1\n[c."d.e".f]\ng = 2\n',
    '[a.b."c.d".e.f]\ng = 1\n[a.b."c.d"]\nh = 2\n',
    "[[a.b]]\nx = 1\n[[a.b]]\nx = 2\n[[a.b]]\nx = 3\n[a.b.c]\ny = 4\n[[a.b.d]]\nz = 5\n[[a.b.d]]\nz = 6\n",
    "[a.h.i]\nj = 1\n[a.h]\nk = 2\n[a]\nl = 3\n", "a = [1, 2]\n# between\nb = [\"c\", \"d\", \"e\"]\n",
    "[a]\n[b]\n[[c]]\n[[c]]\n[c.d]\n", 'a = { b = ["c, d", "e = f"], g = "h" }\n',
])  # fmt: skip
def test_plain_text_is_read_alike(text):
    assert shown(read(text)) == shown(tomllib.loads(text))


@pytest.mark.parametrize("text", [
    'a = "b\\n"\n', "a = 'b'\n", 'a = """b\nc"""\n', 'a = """b"""\n', "a = 1 # b\n", "a.b = 1\n", "a = 1_000\n",
    "a = 0x1f\n", "a = +1\n", "a = 2026-11-26\n", "a=1\n", "a = {b = 1}\n", "a = [1,\n  2]\n", "a", "= 1\n",
    "[a\nb = 1\n", "a = { b.c = 1 }\n", 'a = "b\0c"\n', 'a = "b\\u0041"\n', 'a = "b\\/c"\n', 'a = 1 # "b"\n',
    "a = '\"'\n",
])  # fmt: skip
def test_what_is_not_plain_is_left_to_tomllib(text):
    with pytest.raises(ValueError):  # noqa: PT011 - whichever way it finds out
        read(text)
    try:
        expected = shown(tomllib.loads(text))
    except tomllib.TOMLDecodeError:
        with pytest.raises(tomllib.TOMLDecodeError):
            parse(text)
    else:
        assert shown(parse(text)) == expected
