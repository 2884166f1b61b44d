"""Mutants tried inside one process of pytest: everything is loaded once, and each mutant is a fork of that.

First the tests run as the program is, in forks that note which lines each of them runs and how long it takes; those
that fail without numba, or take long, are asked nothing. Then each mutant gets the tests that run its lines, those that
run most of its module and then the quickest first, up to the first failure. Only a test that passes alone on the
program as it is can notice a mutant.
"""

from __future__ import annotations

import ast
import gc
import hashlib
import importlib
import os
import pickle
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from .operators import Mutant
from .patching import Loaded, changed_codes, load_again
from .plan import ROOT, modules, python_name
from .reach import around, users

settings.register_profile(
    "mutation", max_examples=20, derandomize=True, deadline=None, database=None,
    suppress_health_check=list(HealthCheck), phases=(Phase.explicit, Phase.generate),
)  # fmt: skip

LONG_S = 3.0
"""Processor seconds above which a test, its lines noted, is asked nothing."""
THOROUGH = 6
"""Tests that run the most of a mutant's module: they are asked first, and always."""
ASKED_S = 6.0
"""Processor seconds of tests that one mutant is worth, as they take with their lines noted: some five times less."""
LOOP_S = 2.0
LOOP_TIMES = 8.0
"""Processor seconds after which a test loops for ever, and how many times what it took on the program, together."""
END_S = 30
"""Processor seconds of a fork, whatever it does: a mutant that makes all tests slow is alive."""
STARTS = {"child_environment", "children_seconds", "interrupt", "benchmark"}
"""Fixtures of tests that start processes."""
QUIET = ("-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
COLD_S = 40
"""Processor seconds of a process of its own; loading everything takes a few."""
COLD_TESTS = 300
"""Tests that a mutant of what runs on import is given."""


class Known:
    """What is known of the tests: the lines of the plan's modules that each runs, and its processor time."""

    def __init__(self) -> None:
        self.lines: dict[str, set[tuple[str, int]]] = {}
        self.seconds: dict[str, float] = {}
        self.tests: set[str] = set()
        """Those that ran."""
        self.texts: dict[str, str] = {}
        """Module or file of tests -> what its text was, by a hash."""

    def forget(self, texts: dict[str, str]) -> None:
        """Take another state of the files: of tests that changed, or ran a module that did, nothing is known."""
        stale = {file for file in {*texts, *self.texts} if texts.get(file) != self.texts.get(file)}
        gone = {
            test
            for test in self.tests
            if test.partition("::")[0] in stale or stale & {module for module, _ in self.lines.get(test, ())}
        }
        self.tests -= gone
        self.lines = {test: lines for test, lines in self.lines.items() if test not in gone}
        self.texts = texts


class Outcome:
    """What became of one mutant."""

    def __init__(self, verdict: str, by: str = "", asked: int = 0) -> None:
        self.verdict, self.by, self.asked = verdict, by, asked


class Trial:
    """The plugin: in place of the tests it runs `work`, which asks for mutants to be tried."""

    def __init__(self, map_path: Path | None, work: Callable[[Trial], int]) -> None:
        self.map_path, self.work = map_path, work
        self.known = Known()
        self.running: dict[str, dict[int, list[str]]] = defaultdict(dict)
        """Module -> line -> the tests that run it."""
        self.depth: dict[str, Counter[str]] = defaultdict(Counter)
        """Module -> test -> how many of its lines that runs."""
        self.items: dict[str, Any] = {}
        self.failed = False
        self.sound: dict[str, bool] = {}
        self.noticed_by: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.code = 2

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Note a failure, wherever it was."""
        self.failed |= report.failed

    def pytest_runtestloop(self, session: Any) -> bool:
        """Run the work where pytest would run the tests."""
        self.items = {item.nodeid: item for item in session.items if not STARTS & set(item.fixturenames)}
        for module in modules():
            importlib.import_module(python_name(module))  # also what the program loads late
        self.loaded = Loaded()
        gc.freeze()  # forks copy less
        self._learn()
        self.code = self.work(self)
        return True

    def try_one(self, module: str, mutant: Mutant) -> Outcome:
        """Say whether a test notices the mutant."""
        codes = changed_codes(module, mutant)
        if codes is not None and not codes:
            return Outcome("same")
        asked = self._asked(module, mutant, on_import=codes is None)
        if not asked:
            return Outcome("unreached")
        if codes is None:
            status, said = self._fork(asked, lambda: load_again(module, mutant.tree))
            if status == "failed" and not self._is_sound_again(module, mutant, said):
                status = "patchless"
        else:
            status, said = self._fork(asked, lambda: self.loaded.patch(module, codes))
        if status == "patchless":
            return self._cold(module, mutant, asked[:COLD_TESTS])
        if status == "failed":
            self.noticed_by[module, mutant.function].insert(0, said)
        return Outcome({"failed": "killed", "passed": "alive"}.get(status, status), said, len(asked))

    def _asked(self, module: str, mutant: Mutant, *, on_import: bool) -> list[str]:
        """Return the tests that run what is changed: those that noticed others there first, then the quickest."""
        lines = set(range(mutant.line, mutant.end_line + 1))
        if on_import:
            lines = users(mutant)
        found = self._running(module, lines) or self._running(module, around(mutant))
        if on_import and not found:
            found = self._running(module, set(self.running[module]))
        # What is remembered between calls, such as the catalogue, runs its lines in the first test of a file alone.
        files = {test.partition("::")[0] for test in found}
        others = {test for test in self.known.lines if test.partition("::")[0] in files}
        first = [test for test in self.noticed_by[module, mutant.function] if test in others][:5]
        kept, total = [], 0.0
        thorough = sorted(found, key=lambda test: (-self.depth[module][test], self.known.seconds[test], test))[
            :THOROUGH
        ]
        quickest = [sorted(tests, key=lambda test: (self.known.seconds[test], test)) for tests in (found, others)]
        for test in dict.fromkeys([*first, *thorough, *quickest[0], *quickest[1]]):
            total += self.known.seconds[test] if len(kept) >= THOROUGH else 0.0
            if total > ASKED_S:
                break
            if test in self.items and self.sound.get(test, True):
                kept.append(test)
        return kept

    def _running(self, module: str, lines: set[int]) -> set[str]:
        return {test for line in lines for test in self.running[module].get(line, ())}

    def _fork(self, tests: list[str], change: Callable[[], object]) -> tuple[str, str]:
        """Run tests in a fork up to the first failure, after `change`."""
        while True:
            status, test = _child(lambda say, these=tests: self._run(these, change, say))
            if status != "failed" or self._is_sound(test):
                return status, test
            tests = [other for other in tests if other != test]

    def _is_sound(self, test: str) -> bool:
        """Whether a test passes alone on the program as it is."""
        if test not in self.sound:
            self.sound[test] = _child(lambda say: self._run([test], lambda: None, say))[0] == "passed"
        return self.sound[test]

    def _is_sound_again(self, module: str, mutant: Mutant, test: str) -> bool:
        """Whether a test passes alone where the module as it is was loaded twice."""
        again = ast.parse(mutant.source)
        return _child(lambda say: self._run([test], lambda: load_again(module, again), say))[0] == "passed"

    def _run(self, tests: list[str], change: Callable[[], object], say: Callable[[str], None]) -> None:
        try:
            self.loaded.forget()
            change()
        except Exception:  # what registers itself twice, say; a process of its own tells
            return say("patchless\n")
        for test, following in zip(tests, [*tests[1:], None], strict=True):
            self.failed = False
            item = self.items[test]
            signal.setitimer(signal.ITIMER_VIRTUAL, LOOP_S + LOOP_TIMES * self.known.seconds.get(test, 0.0))
            following_item = self.items[following] if following else None
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following_item)
            if self.failed:
                return say(f"failed\n{test}")
        return say("passed\n")

    def _cold(self, module: str, mutant: Mutant, tests: list[str]) -> Outcome:
        """Try a mutant in a process of its own, which loads the changed module."""
        tests = sorted(tests)
        done = run_cold(module, mutant, tests, {"NUMBA_DISABLE_JIT": "1", "HYPOTHESIS_PROFILE": "mutation"})
        if done is None:
            return Outcome("loop", "", len(tests))
        if done.returncode == 0:
            return Outcome("alive", "on import", len(tests))
        failed = [test for test in tests if f"FAILED {test}" in done.stdout or f"ERROR {test}" in done.stdout]
        if not failed:  # nothing could be loaded, or, with another code, pytest did not know a test
            said = done.stdout + done.stderr
            loaded = "ERROR collecting" not in said and "while loading conftest" not in said
            return Outcome("unasked" if loaded else "killed", "on import", len(tests))
        if self._is_sound(failed[-1]):
            return Outcome("killed", failed[-1], len(tests))
        others = [test for test in tests if test not in failed]
        return self._cold(module, mutant, others) if others else Outcome("alive", "on import", len(tests))

    def _learn(self) -> None:
        """Find out which lines each test runs, as far as that is not known already; caches start empty in each file."""
        if self.map_path and self.map_path.exists():
            self.known = pickle.loads(self.map_path.read_bytes())
        files = {*modules(), *(test.partition("::")[0] for test in self.items)}
        self.known.forget({file: _digest(ROOT / file) for file in files})
        of_file: dict[str, list[str]] = defaultdict(list)
        for test in self.items:
            if test not in self.known.tests:
                of_file[test.partition("::")[0]].append(test)
        begin, ran = time.monotonic(), 0
        for file, tests in of_file.items():
            status, text = _child(lambda say, these=tests: say("learnt\n" + self._trace(these)), limit_s=None)
            if status != "learnt":
                raise SystemExit(f"{file} did not come to an end: {status} {text}")
            lines, seconds = pickle.loads(bytes.fromhex(text))
            self.known.lines.update(lines)
            self.known.seconds.update(seconds)
            self.known.tests.update(tests)
            ran += len(tests)
            if self.map_path:
                self.map_path.write_bytes(pickle.dumps(self.known))
        for test, seen in self.known.lines.items():
            for module, line in seen:
                self.running[module].setdefault(line, []).append(test)
                self.depth[module][test] += 1
        kept, took = len(self.known.lines), time.monotonic() - begin
        print(f"{ran:,} tests run ({took:.0f} s); {kept:,} pass quickly without numba", flush=True)

    def _trace(self, tests: list[str]) -> str:
        """Run a file's tests and note their lines."""
        files = {str(ROOT / module): module for module in modules()}
        lines: dict[str, set[tuple[str, int]]] = {}
        seconds: dict[str, float] = {}
        seen: set[tuple[str, int]] = set()
        self.loaded.forget()

        def local(frame: FrameType, event: str, _arg: object) -> Any:
            if event == "line":
                seen.add((files[frame.f_code.co_filename], frame.f_lineno))
            return local

        def entered(frame: FrameType, _event: str, _arg: object) -> Any:
            module = files.get(frame.f_code.co_filename)
            if module is None:
                return None
            seen.add((module, frame.f_lineno))
            return local

        def too_long(*_: object) -> None:
            raise TimeoutError("too long")

        signal.signal(signal.SIGVTALRM, too_long)
        for test, following in zip(tests, [*tests[1:], None], strict=True):
            self.failed = False
            seen.clear()
            item = self.items[test]
            before = time.process_time()
            signal.setitimer(signal.ITIMER_VIRTUAL, LONG_S)
            threading.settrace(entered)
            sys.settrace(entered)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=self.items[following] if following else None)
            sys.settrace(None)
            threading.settrace(None)  # type: ignore[arg-type]
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            took = time.process_time() - before
            if not self.failed and took < LONG_S:
                lines[test], seconds[test] = set(seen), took
        return pickle.dumps((lines, seconds)).hex()


def _child(work: Callable[[Callable[[str], None]], None], limit_s: int | None = END_S) -> tuple[str, str]:
    """Do work in a fork; return the two lines that it says: "loop" where it passes its limit, "crashed" on a signal."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reader)
            nothing = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(nothing, stream)
            if limit_s is not None:
                resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s + 5))
                resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
            with os.fdopen(writer, "w") as pipe:
                work(lambda text: (pipe.write(text), None)[1])
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        status, _, text = pipe.read().partition("\n")
    _, ended = os.waitpid(pid, 0)
    if os.WIFSIGNALED(ended):
        ends = {signal.SIGVTALRM: "loop", signal.SIGXCPU: "slow", signal.SIGKILL: "slow"}
        return ends.get(os.WTERMSIG(ended), "crashed"), ""
    return status or "crashed", text


def run_cold(
    module: str, mutant: Mutant, tests: list[str], environment: dict[str, str], limit_s: int = COLD_S
) -> subprocess.CompletedProcess[str] | None:
    """Run tests in a process of its own that loads a changed module; None where it loops for ever."""
    which = {"NODECALC_MUTANT": f"{module}:{mutant.place}:{mutant.way}"}
    command = [sys.executable, "-m", "pytest", *QUIET, "-x", "-p", "tests.mutation.changed", *tests]
    begin = resource.getrusage(resource.RUSAGE_CHILDREN)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s + 5))

    environment = {**os.environ, **which, **environment, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, preexec_fn=limit,
    )  # fmt: skip
    end = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode < 0 and end.ru_utime + end.ru_stime - begin.ru_utime - begin.ru_stime > limit_s - 1:
        return None
    return done


def tried_by(module: str, mutant: Mutant, tests: list[str]) -> Outcome:
    """Say whether one of some tests notices a mutant, in a process of its own."""
    # What is compiled of a mutant must never be found by the next: the cache goes by the files, which are as they were.
    with TemporaryDirectory(prefix="mutant-") as cache:
        done = run_cold(module, mutant, tests, {"NODECALC_CACHE_DIR": cache}, limit_s=600)
    if done is None:
        return Outcome("loop", "", len(tests))
    said = [line.split(" ")[1] for line in done.stdout.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    return Outcome("alive" if done.returncode == 0 else "killed", said[0] if said else "", len(tests))


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def started(trial: Trial, tests: tuple[str, ...], left_out: tuple[str, ...]) -> int:
    """Start pytest with the trial in place of its tests; return the code of the work."""
    arguments = [*QUIET, "-s", *(f"--ignore={ROOT / f}" for f in left_out)]
    found = pytest.main([*arguments, *(str(ROOT / test) for test in tests)], plugins=[trial])
    if found not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        raise SystemExit(f"pytest ended with {found!r}")
    return trial.code
