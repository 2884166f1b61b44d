"""What takes more than a second says on a terminal what it is doing, and leaves no trace of it."""

import os
import subprocess
import sys
import threading

import pytest

from nodecalc import progress

pytestmark = pytest.mark.skipif(os.name != "posix", reason="terminals of POSIX systems")

COMPILES = ["sweep", "-n", "n5", "--over", "die-area-mm2=1:800:300", "--over", "d0=0.05:0.5:400", "--reduce", "min"]
CLEARED = "\r\x1b[K"


class Screen:
    """A terminal that keeps what is written on it."""

    def __init__(self):
        self.text = ""

    def isatty(self):
        return True

    def fileno(self):
        raise OSError("no file")

    def write(self, text):
        self.text += text

    def flush(self):
        pass


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "PATIENCE_S", 0.0)
    monkeypatch.setattr(progress, "TICK_S", 0.001)


def test_the_line_says_what_is_done_and_goes_away(at_once, wait_until):
    screen = Screen()
    with progress.Watch(screen):
        wait_until(lambda: "working ..." in screen.text)
        with progress.doing("sampling 256 worlds"):
            wait_until(lambda: "sampling 256 worlds ..." in screen.text)
            with progress.doing("counting dies"):
                wait_until(lambda: screen.text.endswith("counting dies ..."))
        progress.answered()
        assert screen.text.endswith(CLEARED)
        shown = screen.text
    assert screen.text == shown
    assert progress.Watch.current is None


def test_a_bar_takes_its_place(at_once, wait_until):
    screen = Screen()
    with progress.Watch(screen) as watch:
        wait_until(lambda: "working ..." in screen.text)
        watch.pause(1e9)
        assert screen.text.endswith(CLEARED)
        watch.pause(0.0)
        wait_until(lambda: screen.text.endswith("working ..."))


def test_nothing_is_said_without_a_terminal_and_no_thread_is_left(at_once, capsys):
    with progress.Watch():
        assert progress.Watch.current is None
    assert capsys.readouterr().err == ""
    before = threading.active_count()
    with progress.Watch(Screen()):
        assert threading.active_count() == before + 1
    assert threading.active_count() == before


def run_on_terminal(environment, words, guard_s):
    import pty

    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "nodecalc", *words], env=environment, stdout=subprocess.PIPE, stderr=follower
    ) as child:
        os.close(follower)
        out, _ = child.communicate(timeout=guard_s)
    said = b""
    while True:
        try:
            block = os.read(leader, 65536)
        except OSError:
            break
        if not block:
            break
        said += block
    os.close(leader)
    assert child.returncode == 0
    return out.decode(), said.decode()


def test_compiling_once_is_said_on_a_terminal_only(child_environment, guard_s, tmp_path):
    environment = child_environment | {"TERM": "xterm", "NODECALC_CACHE_DIR": str(tmp_path)}
    out, said = run_on_terminal(environment, COMPILES, guard_s)
    assert "compiling loops, once: they are kept for the next time ..." in said
    assert said.endswith((CLEARED, "\x1b[2K"))  # the second is how a bar goes
    assert "compiling" not in out
    again = subprocess.run(
        [sys.executable, "-m", "nodecalc", *COMPILES], env=environment, capture_output=True, text=True, check=True
    )
    assert (again.stdout, again.stderr) == (out, "")


def test_where_nothing_can_be_kept_it_is_said_once(child_environment, guard_s, tmp_path):
    (tmp_path / "file").write_text("")
    environment = child_environment | {"TERM": "xterm", "NODECALC_CACHE_DIR": str(tmp_path / "file")}
    _, said = run_on_terminal(environment, COMPILES, guard_s)
    assert said.count("compiled loops were not kept") == 1
    assert "NODECALC_CACHE_DIR names another" in said
    assert "once: they are kept" not in said
