"""The disk cache is disposable: whatever is done to it, loops are compiled again and give the same bits."""

from __future__ import annotations

import os
import pickle
import random
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nodecalc_kernels.compiled import cache, store

WRONG_BYTES = random.Random(5).randbytes(5000)


def template(values: Any, out: Any) -> None:
    for i in range(len(values)):
        out[i] = values[i] * 3.0 + 0.1


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    kept = tmp_path / "kept"
    kept.mkdir(mode=0o700)
    monkeypatch.setattr(cache, "_folder", str(kept))
    return kept


def answered() -> tuple[bytes, int]:
    """Return the bits that the loop gives, and whether it came from the cache, as another process would ask it."""
    loop = cache.build_loop(template, "triple", {}, nogil=True)
    out = np.empty(7)
    loop(np.linspace(0.0, 1.0, 7), out)
    return out.tobytes(), sum(loop.stats.cache_hits.values())


def entry_in(folder: Path) -> Path:
    (entry,) = folder.glob(f"*{store.ENDING}")
    return entry


def cut(entry: Path) -> None:
    entry.write_bytes(entry.read_bytes()[:-9])


def flip(entry: Path) -> None:
    data = bytearray(entry.read_bytes())
    data[len(data) // 2] ^= 16
    entry.write_bytes(data)


def become_a_folder(entry: Path) -> None:
    entry.unlink()
    entry.mkdir()


def become_a_pipe(entry: Path) -> None:
    entry.unlink()
    os.mkfifo(entry)


def become_a_link(entry: Path) -> None:
    away = entry.with_name("elsewhere")
    entry.replace(away)
    entry.symlink_to(away)


DAMAGES: list[Callable[[Path], object]] = [
    lambda entry: entry.write_bytes(b""),
    lambda entry: entry.write_bytes(WRONG_BYTES),
    lambda entry: entry.write_bytes(entry.read_bytes()[:16] + WRONG_BYTES),
    lambda entry: entry.unlink(),
    lambda entry: entry.chmod(0o666),
    cut,
    flip,
    become_a_folder,
    become_a_link,
    *([become_a_pipe] if hasattr(os, "mkfifo") else []),
]


@pytest.mark.parametrize("damage", range(len(DAMAGES)))
def test_a_damaged_entry_is_compiled_again_and_replaced(folder: Path, damage: int) -> None:
    bits, hits = answered()
    assert hits == 0
    assert answered() == (bits, 1)
    DAMAGES[damage](entry_in(folder))
    assert answered() == (bits, 0)
    # A folder in its place stays: nothing of that kind is ours to remove.
    assert answered() == (bits, 0 if DAMAGES[damage] is become_a_folder else 1)


def test_an_entry_of_another_loop_or_signature_is_not_taken(folder: Path) -> None:
    bits, _ = answered()
    entry = entry_in(folder)
    content = store.read_entry(entry)
    assert content is not None
    store.write_entry(entry, content.replace(b"triple", b"tripla", 1))
    assert answered() == (bits, 0)


def test_code_made_under_other_settings_is_another_entry(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bits, _ = answered()
    with monkeypatch.context() as patched:
        patched.setattr(store._config, "LOOP_VECTORIZE", 0 if store._config.LOOP_VECTORIZE else 1)
        assert answered() == (bits, 0)
    assert answered() == (bits, 1)
    assert len(list(folder.glob(f"*{store.ENDING}"))) == 2


def test_nothing_is_unpickled_where_others_may_write(folder: Path, tmp_path: Path) -> None:
    bits, _ = answered()
    entry, proof = entry_in(folder), tmp_path / "ran"
    content = store.read_entry(entry)
    assert content is not None

    class Planted:
        def __reduce__(self) -> Any:
            return (os.mkdir, (str(proof),))

    start = content[: content.index(b"\x80")]  # where the pickle begins
    store.write_entry(entry, start + pickle.dumps(Planted()))
    folder.chmod(0o777)
    assert answered() == (bits, 0)
    assert not proof.exists()


def test_a_folder_of_another_owner_or_open_to_all_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cache.CACHE_VARIABLE, str(tmp_path / "base"))
    found = cache.find_cache_folder()
    assert found is not None
    assert stat.S_IMODE(Path(found).stat().st_mode) == 0o700
    for open_one in (Path(found), Path(found).parent):
        before = stat.S_IMODE(open_one.stat().st_mode)
        open_one.chmod(0o777)
        assert cache.find_cache_folder() is None
        open_one.chmod(before)
    assert cache.find_cache_folder() == found
    monkeypatch.setattr(os, "geteuid", lambda: Path(found).stat().st_uid + 1)
    assert cache.find_cache_folder() is None


@pytest.mark.parametrize("name", ["\0", "a\0b"])
def test_a_name_that_is_none_means_no_cache(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(cache, "user_cache_folder", lambda: Path(name))
    assert cache.find_cache_folder() is None


def test_a_full_disk_and_an_unpicklable_form_keep_nothing_and_say_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(store, "write_entry", full)
        bits, hits = answered()
    with monkeypatch.context() as patched:
        patched.setattr(store, "dumps", lambda form: pickle.dumps(lambda: form))
        assert answered() == (bits, hits)
    assert not list(folder.iterdir())
    assert capfd.readouterr() == ("", "")


def test_what_a_killed_process_left_goes_with_the_next_entry(folder: Path) -> None:
    old, new = folder / f".x{store.PARTIAL}", folder / f".y{store.PARTIAL}"
    old.touch()
    new.touch()
    os.utime(old, (1e9, 1e9))
    answered()
    assert not old.exists()
    assert new.exists()


def test_a_damaged_text_is_written_anew(folder: Path) -> None:
    file = Path(cache.keep_text("example", "x = 1\n"))
    file.write_bytes(b"\xff\xfe")
    assert cache.keep_text("example", "x = 1\n") == str(file)
    assert file.read_bytes() == b"x = 1\n"


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("setting", [{"NUMBA_NUM_THREADS": "0"}, {"NUMBA_CPU_FEATURES": "bogus"}, {"NUMBA_OPT": "x"}])
def test_a_setting_that_numba_fails_at_is_one_line_and_the_session_goes_on(setting: dict[str, str]) -> None:
    code = f"""
import os
try:
    import nodecalc_kernels.compiled
except ImportError as error:
    print(error)
for name in {list(setting)}:
    del os.environ[name]
from nodecalc_kernels.compiled import yield_array
print(float(yield_array("poisson", "yield", 0.0)))
"""
    done = run(code, **setting)
    assert done.returncode == 0, done.stderr
    line, value = done.stdout.splitlines()
    assert line.startswith("numba cannot be loaded: ")
    assert "=".join(next(iter(setting.items()))) in line
    assert value == "1.0"


def test_settings_that_move_the_last_bits_are_told_in_a_line() -> None:
    code = "from nodecalc_kernels.compiled.loading import unusual_settings; print(unusual_settings())"
    found = {}
    for setting in ("OPT=0", "CPU_NAME=generic", "NUM_THREADS=2"):
        name, _, value = setting.partition("=")
        found[setting] = run(code, **{f"NUMBA_{name}": value}).stdout.strip()
    assert found == {"OPT=0": "NUMBA_OPT=0", "CPU_NAME=generic": "NUMBA_CPU_NAME=generic", "NUM_THREADS=2": ""}


def test_an_interrupt_while_numba_is_loaded_waits_until_it_is_whole() -> None:
    code = """
import builtins, os, signal, sys
seen, real = [], builtins.__import__

def importing(name, *args, **kwargs):
    if name.startswith("numba.core") and not seen:
        seen.append(name)
        os.kill(os.getpid(), signal.SIGINT)
    return real(name, *args, **kwargs)

builtins.__import__ = importing
try:
    import nodecalc_kernels.compiled
except KeyboardInterrupt:
    print("interrupted")
builtins.__import__ = real
from nodecalc_kernels.compiled import yield_array
print(float(yield_array("poisson", "yield", 0.0)))
"""
    done = run(code)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["interrupted", "1.0"]
