"""Charts as files: SVG and PNG, drawn by matplotlib, which is loaded only here and only when one is asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, cast

from nodecalc.doors import a_path, whole_path
from nodecalc.errors import InputError
from nodecalc.files.atomic import Beside
from nodecalc_kernels.loading import load_whole

from .picture import Picture
from .plot_style import TEXT_SIZE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Ending = Literal["svg", "png"]
FORMATS: Final = ("svg", "png")
MISSING: Final = "--plot needs matplotlib: pip install 'nodecalc[plot]'"
DPI: Final = 160
SCREEN_DPI: Final = 100


def save_plot(pictures: Picture | Sequence[Picture], path: str | os.PathLike[str], footer: str = "") -> None:
    """Write `pictures`, a panel each, to the file `path` as SVG or PNG, by its ending; the same ones, the same bytes.

    Args:
        pictures: what `picture_of` made; several are over the same axes.
        path: file to write. It is replaced only when the new one is complete.
        footer: lines at the foot, such as where the figures come from.

    Raises:
        InputError: another ending, or matplotlib is not installed.
        OutputError: the file could not be written.

    """
    Plot(pictures, footer).save(path)


def save_figure(draw: Callable[[], Figure], title: str, path: str | os.PathLike[str]) -> None:
    """Write what `draw` makes to the file `path` as SVG or PNG, by its ending; errors as those of `save_plot`."""
    target = check_plot(path)
    content = drawn(draw, title, "svg" if target.suffix.lower() == ".svg" else "png")
    with Beside(target) as file:
        file.write(content)


def drawn(draw: Callable[[], Figure], title: str, ending: Ending) -> bytes:
    """Return the bytes of the figure that `draw` makes; what the user set matplotlib to is left out and as it is."""
    try:
        mpl = load_whole("matplotlib")
    except ModuleNotFoundError:
        raise InputError(MISSING) from None
    with mpl.rc_context():
        mpl.rcdefaults()
        # Without a salt of its own matplotlib names parts of an SVG at random.
        mpl.rcParams.update({"svg.hashsalt": "nodecalc", "font.size": TEXT_SIZE})
        metadata = (
            {"Date": None, "Creator": "nodecalc", "Title": title}
            if ending == "svg"
            else {"Software": "nodecalc", "Title": title}
        )
        buffer = BytesIO()
        draw().savefig(buffer, format=ending, dpi=DPI, metadata=metadata)
    return buffer.getvalue()


def check_plot(path: str | os.PathLike[str]) -> Path:
    """Return the file to plot to; say what is wrong with it before anything is worked out."""
    target = Path(a_path("plot", path, "give the path of an .svg or .png file"))
    if target.suffix.lower().removeprefix(".") not in FORMATS:
        try_ = f"; try {target.with_suffix('.svg').name}" if target.name else ""
        raise InputError(f"cannot plot to '{target}'; allowed: .svg or .png{try_}")
    if not Path(whole_path(target)).parent.is_dir():
        raise InputError(f"cannot plot to '{target}': there is no folder {target.parent}; make it, or name another")
    if not can_plot():
        raise InputError(MISSING)
    return target


def can_plot() -> bool:
    """Whether matplotlib is installed."""
    from importlib.util import find_spec

    try:
        return find_spec("matplotlib") is not None
    except ValueError:  # it is ruled out in this process
        return False


class Plot:
    """Pictures as one figure, a panel each; a notebook shows it, `save` writes it."""

    def __init__(self, pictures: Picture | Sequence[Picture], footer: str = "") -> None:
        """Take what `picture_of` made, and lines for the foot."""
        # A picture is a sequence itself, of its fields.
        self.pictures = cast("tuple[Picture, ...]", (pictures,) if isinstance(pictures, Picture) else tuple(pictures))
        self._footer = footer
        self._drawn: dict[str, bytes] = {}

    @property
    def title(self) -> str:
        """What is drawn, in a line."""
        if len(self.pictures) == 1:
            return self.pictures[0].title
        return " ".join((", ".join(p.value_label for p in self.pictures), self.pictures[0].about))

    def figure(self) -> Figure:
        """Return a new figure of matplotlib, to be changed at will; the reader's own settings hold in it."""
        try:
            from .plot_panels import figure_of

            return figure_of(self.pictures, self._footer)
        except ModuleNotFoundError:
            raise InputError(MISSING) from None

    def content(self, ending: Ending) -> bytes:
        """Return the bytes of an SVG or PNG file. What the user set matplotlib to is left out and left as it is."""
        if ending not in self._drawn:
            self._drawn[ending] = drawn(self.figure, self.title, ending)
        return self._drawn[ending]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the figure as SVG or PNG, by the ending of `path`; see `save_plot`."""
        target = check_plot(path)
        content = self.content("svg" if target.suffix.lower() == ".svg" else "png")
        with Beside(target) as file:
            file.write(content)

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        content = self.content("png")
        # Its width stands in its head (PNG, IHDR); a notebook shows it as large as a print would be.
        return content, {"width": int.from_bytes(content[16:20], "big") * SCREEN_DPI // DPI}

    def __repr__(self) -> str:
        return f"Plot({self.title})"
