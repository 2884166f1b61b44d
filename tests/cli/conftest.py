"""Two ways to run the program: inside this process, which is fast, and as users do."""

import json
import subprocess
import sys
from typing import NamedTuple

import pytest

from nodecalc.cli.program import run


class Done(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def cli(capsys):
    """Run the command line inside this process; `cli("die", "100")` gives exit code, stdout and stderr."""

    def call(*arguments):
        capsys.readouterr()
        code = run([str(a) for a in arguments])
        out, err = capsys.readouterr()
        return Done(code, out, err)

    return call


@pytest.fixture
def good(cli):
    """The same for what must succeed; nothing may stand on stderr."""

    def call(*arguments):
        done = cli(*arguments)
        assert done.code == 0, done.err
        assert done.err == ""
        return done

    return call


@pytest.fixture(scope="session")
def program(child_environment, guard_s):
    """Run the program in a process of its own."""

    def call(*arguments, env=None, **options):
        done = subprocess.run(
            [sys.executable, "-m", "nodecalc", *map(str, arguments)],
            env=child_environment | (env or {}),
            check=False,
            **{
                "capture_output": True,
                "text": True,
                "encoding": "utf-8",
                "stdin": subprocess.DEVNULL,
                "timeout": guard_s,
            }
            | options,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return call
