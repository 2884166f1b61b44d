"""A bar with rate and time left on standard error, for whatever takes longer than a second; none without a terminal."""

from __future__ import annotations

import sys
from time import monotonic
from typing import Any, Final

PATIENCE_S: Final = 1.0
"""What is done within it shows no bar."""


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
        self._shown.update(self._task, completed=done, rate=_rate(done / (monotonic() - self._begin)))

    def _show(self, total: int) -> None:
        # Loaded now and not before: most runs are over by then.
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._shown = Progress(
            BarColumn(),
            TextColumn("{task.percentage:>3.0f}%  {task.fields[rate]}"),
            TimeRemainingColumn(compact=True, elapsed_when_finished=True),
            console=Console(file=self._stream),
            transient=True,
        )
        self._task = self._shown.add_task("points", total=total, rate="")
        self._shown.start()

    def close(self) -> None:
        """Take the bar away."""
        if self._shown is not None:
            self._shown.stop()
            self._shown = None
        self._begin = monotonic()


def _rate(per_second: float) -> str:
    """Return a rate in words, such as ``2.1e+09 points/s`` as 2.1 billion."""
    for unit, scale in (("billion ", 1e9), ("million ", 1e6), ("thousand ", 1e3)):
        if per_second >= scale:
            return f"{per_second / scale:.3g} {unit}points/s"
    return f"{per_second:.3g} points/s"
