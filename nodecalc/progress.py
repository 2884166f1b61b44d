"""What is said on standard error: lines beside an answer, and what the program is at, after a second on a terminal.

A line of words stands there while there is nothing to count: while loops are compiled, worlds sampled, a file written.
Where points are counted it is a bar with rate and time left. Both go away with what they told of.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, Final

from .errors import one_line

PATIENCE_S: Final = 1.0
"""What is done within it shows nothing."""

TICK_S: Final = 0.1
"""Between two looks at what is going on."""

BARS_OWN_S: Final = 1e9
"""For as long as there is a bar."""

_doing: Final[list[str]] = []
"""What is being done, innermost last."""


def tell(line: str) -> None:
    """Print `line` on standard error, where there is one, as a terminal shows it as it is."""
    if sys.stderr is not None:  # print would take standard output in its place
        print(one_line(line), file=sys.stderr)


@contextmanager
def doing(words: str) -> Iterator[None]:
    """Say what is being done meanwhile, such as "counting dies", to whoever watches."""
    _doing.append(words)
    try:
        yield
    finally:
        _doing.remove(words)


class Watch:
    """A line that says what is being done, once it has taken a second: a context manager around a command."""

    current: Watch | None = None
    """The one that is at work, if any."""

    def __init__(self, stream: Any = None) -> None:
        """Write to `stream`, standard error where it is not given."""
        self._stream = sys.stderr if stream is None else stream
        self._shown = ""
        self._since = monotonic()
        self._compiling = self._compiled = 0
        self._listener: Any = None
        self._events: Any = None
        self._thread: Any = None

    def __enter__(self) -> Watch:
        if self._stream is not None and self._stream.isatty() and os.environ.get("TERM") != "dumb":
            import threading

            self._over, self._lock = threading.Event(), threading.Lock()
            self._thread = threading.Thread(target=self._look, daemon=True)
            try:
                self._thread.start()
            except RuntimeError:
                self._thread = None  # the system gives this process no more threads
            else:
                Watch.current = self
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()
        if Watch.current is self:
            Watch.current = None
        if self._listener is not None:
            self._events.unregister("numba:compile", self._listener)
        if self._thread is not None:
            self._thread.join()
            if self._compiled and not _keeps():
                print(f"compiled loops were not kept: {NOT_KEPT}", file=self._stream)

    def close(self) -> None:
        """Take the line away for good, as the answer follows."""
        if self._thread is not None:
            with self._lock:
                self._over.set()
                self._write("")

    def pause(self, seconds: float) -> None:
        """Take the line away for so long, such as while there is a bar."""
        with self._lock:
            self._since = monotonic() + seconds
            self._write("")

    def _look(self) -> None:
        while not self._over.wait(TICK_S):
            self._listen()
            with self._lock:
                if monotonic() - self._since >= PATIENCE_S and not self._over.is_set():
                    self._write(self._words())

    def _words(self) -> str:
        if self._compiling:
            return f"compiling loops, {'once: they are kept for the next time' if _keeps() else NOT_KEPT}"
        return _doing[-1] if _doing else "working"

    def _write(self, words: str) -> None:
        if words != self._shown:
            # Back to the start of the line, and whatever stood there is cleared; a line that wraps could not be.
            text = f"{words} ..."[: _width(self._stream) - 1] if words else ""
            self._stream.write(f"\r\x1b[K{text}")
            self._stream.flush()
            self._shown = words

    def _listen(self) -> None:
        """Hear of compiling as soon as there is a compiler: it is loaded by who needs it, never by this."""
        events = sys.modules.get("numba.core.event")
        # The last name of a module that is being loaded just now may not be there yet.
        if self._listener is None and events is not None and hasattr(events, "install_recorder"):
            self._events, self._listener = events, _listener(events, self)
            events.register("numba:compile", self._listener)

    def hears(self, step: int) -> None:
        """Hear that compiling has begun (1) or ended (-1)."""
        self._compiling += step
        self._compiled += step > 0


def _listener(events: Any, watch: Watch) -> Any:
    class Listener(events.Listener):  # type: ignore[misc]
        def on_start(self, event: Any) -> None:
            watch.hears(1)

        def on_end(self, event: Any) -> None:
            watch.hears(-1)

    return Listener()


def answered() -> None:
    """Take the line away, as the answer is about to be written."""
    if Watch.current is not None:
        Watch.current.close()


NOT_KEPT: Final = "no folder for them can be written by you alone; NODECALC_CACHE_DIR names another"


def _keeps() -> bool:
    """Whether what is compiled is kept for the next time."""
    cache = sys.modules.get("nodecalc_kernels.compiled.cache")
    return bool(getattr(cache, "KEEPS", True))


class Bar:
    """Word of progress, as a bar once it has taken a second."""

    def __init__(self, stream: Any = None) -> None:
        """Write to `stream`, standard error where it is not given."""
        self._stream = sys.stderr if stream is None else stream
        self._begin = monotonic()
        self._shown: Any = None
        self._task: Any = None
        self._can_show = self._stream is not None and self._stream.isatty()

    def tell(self, done: int, total: int) -> None:
        """Say that `done` of `total` points are done; with the last of them the bar goes away."""
        if not self._can_show:
            return
        if done >= total:
            self.close()
            return
        if self._shown is None:
            if monotonic() - self._begin < PATIENCE_S:
                return
            self._show(total)
        if self._shown is None:
            return
        rate = _rate(done / (monotonic() - self._begin))
        self._shown.update(self._task, completed=done, rate=rate, words=_doing[-1] if _doing else "")

    def _show(self, total: int) -> None:
        # Loaded now and not before: most runs are over by then.
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        if Watch.current is not None:
            Watch.current.pause(BARS_OWN_S)  # one line is enough
        self._shown = Progress(
            TextColumn("{task.fields[words]}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%  {task.fields[rate]}"),
            TimeRemainingColumn(compact=True, elapsed_when_finished=True),
            console=Console(file=self._stream),
            transient=True,
        )
        self._task = self._shown.add_task("points", total=total, rate="", words="")
        try:
            self._shown.start()
        except RuntimeError:
            self._shown, self._can_show = None, False  # no thread is to be had for it

    def close(self) -> None:
        """Take the bar away."""
        if self._shown is not None:
            self._shown.stop()
            self._shown = None
            if Watch.current is not None:
                Watch.current.pause(0.0)
        self._begin = monotonic()


def _width(stream: Any) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def _rate(per_second: float) -> str:
    """Return a rate in words, such as ``2.1e+09 points/s`` as 2.1 billion."""
    for unit, scale in (("billion ", 1e9), ("million ", 1e6), ("thousand ", 1e3)):
        if per_second >= scale:
            return f"{per_second / scale:.3g} {unit}points/s"
    return f"{per_second:.3g} points/s"
