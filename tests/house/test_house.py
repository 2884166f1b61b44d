"""The house as the sources show it: one place for each thing, imports one way, and no name of what is not there.

Nothing is imported to find that out: the files are read as text and as syntax trees.
"""

import ast
import re
import tomllib
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from nodecalc.vocabulary import QUANTITIES

ROOT = Path(__file__).parents[2]
PACKAGES = {"nodecalc": ROOT, "nodecalc_kernels": ROOT / "kernels", "nodecalc_seeds": ROOT / "seeds"}
DRIVERS = ("nodecalc/sweeps", "nodecalc/drivers", "nodecalc/arrays.py", "nodecalc/answer.py")
ROOM_FOR_KEYS = ("nodecalc/vocabulary", "kernels/nodecalc_kernels/stages")
"""Beginnings of the paths of the table of quantities and of the graph: lists of keys belong there."""
DISPLAYS = (ast.Tuple, ast.List, ast.Set, ast.Dict)


# What the files say


def below(path):
    """Return the Python files of a folder, or the file itself; nothing where it is not there."""
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def sources():
    return list(chain.from_iterable(below(root / package) for package, root in PACKAGES.items()))


def everything():
    return [*sources(), *below(ROOT / "tests"), *below(ROOT / "benchmarks")]


def place(path, node=None):
    line = "" if node is None else f":{node.lineno}"
    return f"{path.relative_to(ROOT).as_posix()}{line}"


@cache
def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def written(path):
    """Return every identifier and every literal text of a file, without comments and docstrings."""
    docs = {id(node.value) for node in ast.walk(tree(path)) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str) and id(node) not in docs:
                yield node.value
        else:
            for field in ("id", "arg", "attr", "name", "asname"):
                if isinstance(getattr(node, field, None), str):
                    yield getattr(node, field)


def keys_in(node):
    """Return the keys of the vocabulary that stand in a text or, at any depth, in a display of texts."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) and node.value in QUANTITIES else []
    if isinstance(node, ast.Starred):
        return keys_in(node.value)
    if isinstance(node, ast.Dict):
        return [key for part in (*node.keys, *node.values) if part is not None for key in keys_in(part)]
    return [key for part in node.elts for key in keys_in(part)] if isinstance(node, DISPLAYS) else []


# What the files import


@cache
def modules():
    """Return the file of every module of the three packages."""
    found = {}
    for package, root in PACKAGES.items():
        for path in below(root / package):
            parts = path.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def for_types_alone(node):
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def nodes_at_run_time(node):
    """Return all nodes below, functions' bodies too, without what only type checkers read."""
    for part in ast.iter_child_nodes(node):
        if for_types_alone(part):
            for other in part.orelse:
                yield other
                yield from nodes_at_run_time(other)
        else:
            yield part
            yield from nodes_at_run_time(part)


def imported(module, node):
    """Return (module, name or None) of each thing that an import statement of `module` (None: of no package) names."""
    if isinstance(node, ast.Import):
        return [(alias.name, None) for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    source = node.module or ""
    if node.level:
        path = modules()[module]
        parts = module.split(".")
        up = node.level - (path.name == "__init__.py")
        source = ".".join([*parts[: len(parts) - up], *filter(None, [node.module])])
    return [(source, alias.name) for alias in node.names]


def imports_of(module, run_time=True):
    """Return the modules that a module imports, at its head or in a function."""
    nodes = nodes_at_run_time if run_time else ast.walk
    for node in nodes(tree(modules()[module])):
        for source, name in imported(module, node):
            submodule = f"{source}.{name}"
            yield submodule if submodule in modules() else source


def circles(graph):
    """Return the sets of modules that reach each other, larger than one."""

    def reached(begin):
        seen, waiting = set(), [begin]
        while waiting:
            new = graph[waiting.pop()] - seen
            seen |= new
            waiting.extend(new)
        return seen

    reach = {module: reached(module) for module in graph}
    found = {frozenset(b for b in reach[a] if a in reach[b]) for a in graph}
    return sorted(sorted(circle) for circle in found if len(circle) > 1)


def at_top_level(node):
    """Return the nodes below that a module carries out as it is loaded: not what is in its functions and classes."""
    for part in ast.iter_child_nodes(node):
        yield part
        if not isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            yield from at_top_level(part)


@cache
def names_of(module):
    """Return what a module defines; what it hands out by `__getattr__` it names for type checkers."""
    names = set()
    for node in at_top_level(tree(modules()[module])):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.Import(names=aliases):
                names |= {alias.asname or alias.name.partition(".")[0] for alias in aliases}
            case ast.ImportFrom(names=aliases):
                for source, name in imported(module, node):
                    names |= names_of(source) if name == "*" else set()
                names |= {alias.asname or alias.name for alias in aliases}
    return names


def is_there(dotted):
    """Whether a dotted name is a module, or something that a module defines, or an attribute of such a thing."""
    parts = dotted.split(".")
    module = next((found for n in range(len(parts), 0, -1) if (found := ".".join(parts[:n])) in modules()), None)
    if module is None:
        return False
    rest = parts[module.count(".") + 1 :]
    return not rest or rest[0] in names_of(module)


# One place for each thing


def test_an_input_is_named_in_three_files_at_most():
    key = re.compile(r"\bline_yield\b")
    holding = [place(path) for path in sources() if any(key.search(text) for text in written(path))]
    assert len(holding) <= 3, "\n".join(holding)


def test_drivers_compare_nothing_with_a_key():
    files = [path for name in DRIVERS for path in below(ROOT / name)]
    assert files
    found = []
    for path in files:
        for node in ast.walk(tree(path)):
            compared = []
            if isinstance(node, ast.Compare):
                compared = [node.left, *node.comparators]
            elif isinstance(node, ast.MatchValue):
                compared = [node.value]
            if keys := [key for part in compared for key in keys_in(part)]:
                found.append(f"{place(path, node)} {', '.join(keys)}")
    assert not found, "\n".join(found)


def test_more_than_five_keys_are_listed_in_the_table_and_the_stages_alone():
    found = []
    for path in sources():
        if place(path).startswith(ROOM_FOR_KEYS):
            continue
        inner = set()
        for node in ast.walk(tree(path)):  # outer displays come before those in them
            if isinstance(node, DISPLAYS) and id(node) not in inner:
                inner |= {id(part) for part in ast.walk(node)}
                if len(keys := set(keys_in(node))) > 5:
                    found.append(f"{place(path, node)} {len(keys)} keys")
    assert not found, "\n".join(found)


def test_files_from_outside_pass_one_door():
    """What opens a path without `nodecalc.doors` waits for a pipe, reads a device for ever, takes any size."""
    opening = re.compile(r"\.read_text\(|\.read_bytes\(|(?<![\w.])open\(")
    found = {
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in below(ROOT / "nodecalc")
        if path.name != "doors.py"
        for line in path.read_text().splitlines()
        if opening.search(line) and not line.strip().startswith((">>>", "..."))
    }
    assert not found


def test_the_root_of_the_package_holds_few_files():
    files = sorted(path.name for path in (ROOT / "nodecalc").iterdir() if path.is_file())
    assert len(files) <= 8, "\n".join(files)

    # Imports one way


# Imports one way


def test_the_import_rules_have_no_exception():
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    assert contracts
    assert not [contract["name"] for contract in contracts if contract.get("ignore_imports")]


def test_reports_and_commands_import_no_kernel():
    found = [
        f"{module} -> {target}"
        for module in modules()
        if module.startswith(("nodecalc.render", "nodecalc.cli"))
        for target in imports_of(module, run_time=False)
        if target.partition(".")[0] == "nodecalc_kernels"
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_imports_go_in_a_circle_not_even_inside_functions(package):
    own = [module for module in modules() if module.partition(".")[0] == package]
    graph = {module: set(imports_of(module)) & set(own) - {module} for module in own}
    found = circles(graph)
    said = ["\n".join(f"{a} -> {b}" for a in circle for b in sorted(graph[a] & set(circle))) for circle in found]
    assert not found, "\n\n".join(said)


# No name of what is not there

OURS = r"nodecalc(?:_kernels|_seeds)?"
FILES = (".zip",)
"""Endings of files that are named like a module."""


def test_every_import_is_of_something_that_is_there():
    by_path = {path: module for module, path in modules().items()}
    missing = []
    for path in everything():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and node.level and path not in by_path:
                continue
            for source, name in imported(by_path.get(path), node):
                if source.partition(".")[0] not in PACKAGES:
                    continue
                if source not in modules() or (name not in (None, "*") and not is_there(f"{source}.{name}")):
                    missing.append(f"{place(path, node)} {source} {name or ''}")
    assert not missing, "\n".join(missing)


def test_texts_name_modules_that_are_there():
    """Programs for child processes, and targets that tests replace by their dotted name."""
    loaded = re.compile(rf"(?:from|import) +({OURS}(?:\.\w+)*)")
    quoted = re.compile(rf"""["']({OURS}(?:\.\w+)+)["']""")
    missing = []
    for path in everything():
        text = path.read_text(encoding="utf-8")
        names = [name for name in loaded.findall(text) if name not in modules()]
        names += [name for name in quoted.findall(text) if not is_there(name) and not name.endswith(FILES)]
        missing += [f"{place(path)} {name}" for name in names]
    assert not missing, "\n".join(missing)


def test_what_the_distribution_declares_is_there():
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    declared = [*project["scripts"].values(), *project["entry-points"]["numba_extensions"].values()]
    assert [name for name in declared if not is_there(name.replace(":", "."))] == []


# Libraries


WHOLE = {"numpy", "pandas", "polars", "xarray", "openpyxl"}
"""Libraries that stay broken for the session where Ctrl-C ends their import half way."""


def imports_at_run_time(node):
    """Yield the libraries that a file imports other than for type checkers, with the statement."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        if isinstance(child, ast.Import):
            yield from ((alias.name.partition(".")[0], child) for alias in child.names)
        elif isinstance(child, ast.ImportFrom) and not child.level:
            yield child.module.partition(".")[0], child
        else:
            yield from imports_at_run_time(child)


def test_libraries_that_an_interrupt_would_break_are_loaded_whole():
    found = {
        place(path, node)
        for path in sources()
        for library, node in imports_at_run_time(tree(path))
        if library in WHOLE and path.name != "numpy_whole.py"
    }
    assert found == set()
