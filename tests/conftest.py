"""What all tests share: how hard hypothesis tries (HYPOTHESIS_PROFILE: dev, ci or deep), time, and child processes.

No test needs the package to be installed: a child process finds it where this one did.

No test reads a clock on the wall: on a busy machine every limit in seconds is passed some day. What must be quick is
measured by what it loads, calls, compiles or leaves undone (processor time, too, doubles where two processes share a
core); what might hang is stopped after `GUARD_S`.
"""

import os
import signal
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

import nodecalc
import nodecalc_kernels
import nodecalc_seeds

GUARD_S = 600.0
"""Seconds after which something hangs. A guard and no limit: nothing that works comes near it on any machine."""

STOPPED_S = 8.0
"""Processor time within which work of minutes on two threads has stopped after Ctrl-C. What stops at once takes a
tenth of it."""

QUICK = {
    "test_catalogue_lookup", "test_catalogue_range", "test_catalogue_reading", "test_catalogue_userfile",
    "test_litho_seed_files", "test_litho_userfile", "test_seed_files", "test_seed_tables", "test_patterning_kernels",
    "test_placement_closed", "test_placement_exact", "test_placement_golden", "test_triangular", "test_vecmath_total",
    "test_yield_accuracy", "test_yield_limits", "test_break_even", "test_compare_and_explain", "test_cost_band",
    "test_die_sizes", "test_estimate_marks_and_errors", "test_estimate_published",
    "test_every_input_counts", "test_patterning_rule", "test_stack_rule", "test_stacks_by_rule",
    "test_users_stacks", "test_price_chain",
    "test_wafer_penalties_and_price", "test_stage_runner", "test_transistor_density",
    "test_units_and_spellings", "test_vocabulary_keeps_the_contract", "test_sweep_axes",
    "test_chart_picture", "test_chart_terminal", "test_chart_ticks", "test_cli_bad_input", "test_cli_catalog_file",
    "test_cli_die", "test_cli_keys", "test_cli_lists", "test_cli_patterning", "test_golden", "test_house",
    "test_golden_map", "test_golden_reticle", "test_placement_ground",
    "test_golden_harvest", "test_harvest", "test_harvest_yield", "test_mixtures", "test_two_piece",
    "test_golden_salvage", "test_golden_radial", "test_golden_fit", "test_cli_fit",
    "test_radial", "test_salvage", "test_domains", "test_operators", "test_normal_and_student",
}  # fmt: skip
"""Files of `pytest -m quick`: formulas, limits, small placements, units, the catalogue, estimates, commands in-process.

What compiles much, draws, writes many files or needs a cluster is no part of it.
"""
NOT_QUICK = {"child_environment", "tmp_path_factory"}
"""Fixtures of tests that start a process or write much: they are not quick in any file."""


# No deadline: the first call of many functions reads the catalogue or compiles something, the rest do not.
_COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("dev", max_examples=50, **_COMMON)
# The gate must give the same verdict twice on the same code.
settings.register_profile("ci", max_examples=100, derandomize=True, print_blob=True, **_COMMON)
settings.register_profile("deep", max_examples=5000, print_blob=True, **_COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


def pytest_configure(config):
    """Know the marker where the tests run without the project's own configuration, too."""
    config.addinivalue_line("markers", "quick: under a minute in all; what one runs while working (`QUICK`)")


@pytest.fixture(scope="session")
def child_environment():
    """Environment of a child process that finds the same three packages and is told nothing of this terminal."""
    roots = dict.fromkeys(
        str(Path(package.__file__).parents[1]) for package in (nodecalc, nodecalc_kernels, nodecalc_seeds)
    )
    dropped = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "PYTHONIOENCODING", "PYTHONWARNINGS"}
    kept = {key: value for key, value in os.environ.items() if key not in dropped}
    return kept | {"PYTHONPATH": os.pathsep.join(roots), "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture(scope="session")
def guard_s():
    """Return `GUARD_S`, for what would stand still for ever."""
    return GUARD_S


@pytest.fixture(scope="session")
def interrupt():
    """Send Ctrl-C to a child; return a function that waits for its end, which comes at once, and gives its last words.

    The child stands still while its time is read: what it does before the signal reaches it is not counted.
    """
    psutil = pytest.importorskip("psutil")

    def call(child):
        child.send_signal(signal.SIGSTOP)
        os.waitpid(child.pid, os.WUNTRACED)
        so_far, begin = psutil.Process(child.pid).cpu_times(), os.times()
        child.send_signal(signal.SIGINT)
        child.send_signal(signal.SIGCONT)

        def end():
            said, _ = child.communicate(timeout=GUARD_S)
            took = _of_children(begin, os.times()) - so_far.user - so_far.system
            assert took < STOPPED_S, f"{took:.1f} s of processor time after Ctrl-C"
            return said

        return end

    return call


@pytest.fixture(scope="session")
def wait_until():
    """Wait for something that comes true some day."""

    def call(found):
        end = time.monotonic() + GUARD_S
        while not found():
            assert time.monotonic() < end, "it never came true"
            time.sleep(0.02)

    return call


def _of_children(begin, end):
    return end.children_user - begin.children_user + end.children_system - begin.children_system


def pytest_collection_modifyitems(items):
    """Mark what is quick."""
    missing = QUICK - {path.stem for path in Path(__file__).parent.rglob("test_*.py")}
    if missing:
        raise pytest.UsageError(
            f"tests/conftest.py: QUICK names files that are not there: {', '.join(sorted(missing))}"
        )
    for item in items:
        if item.path.stem in QUICK and not NOT_QUICK & set(item.fixturenames):
            item.add_marker(pytest.mark.quick)
