"""A script of a user's own, run as users run theirs: a file, a fresh interpreter, warnings as errors."""

import os
import signal
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def one_cache(tmp_path_factory):
    """Environment of scripts that take over what an earlier one compiled, where compiling is not the matter."""
    return {"NODECALC_CACHE_DIR": str(tmp_path_factory.mktemp("cache"))}


@pytest.fixture
def run_script(child_environment, guard_s, tmp_path):
    """Write the code to a file and run it; it fails where the script fails, warns or hangs. Returns its words.

    Two threads whatever the machine has, so that parallel loops start threads; an empty cache of compiled loops,
    so that several threads and processes meet while they compile the same ones.
    """

    def call(code, *arguments, flags=(), env=None):
        script = tmp_path / "users_script.py"
        script.write_text(code, encoding="utf-8")
        child = subprocess.Popen(
            [sys.executable, "-W", "error", *flags, str(script), *arguments],
            env=child_environment
            | {"NODECALC_CACHE_DIR": str(tmp_path / "cache"), "NUMBA_NUM_THREADS": "2"}
            | (env or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        try:
            out, err = child.communicate(timeout=guard_s)
        except subprocess.TimeoutExpired:
            if hasattr(os, "killpg"):
                os.killpg(child.pid, signal.SIGKILL)  # its own children hang with it and hold the pipes
            child.kill()
            child.wait()
            pytest.fail(f"{arguments}: still running after {guard_s:g} s")
        assert child.returncode == 0, err
        assert err == ""
        return out.split()

    return call
