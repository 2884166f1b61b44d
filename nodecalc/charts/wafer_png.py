"""A wafer map as PNG, drawn by matplotlib, which is loaded only here and only when one is asked for."""

from __future__ import annotations

from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from nodecalc.errors import InputError

from .heat import tint
from .plot_style import SMALL_SIZE, TEXT_SIZE, plain
from .wafer import COLOURS, GOOD, Block, Outline, WaferPicture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MISSING: Final = "--png needs matplotlib: pip install 'nodecalc[plot]'; --svg needs nothing"
INCHES: Final = 8.0
SCALE_INCHES: Final = 1.4
"""What a scale of yields takes beside the wafer."""
DPI: Final = 160


def check_png() -> None:
    """Refuse where there is no matplotlib."""
    if find_spec("matplotlib") is None:
        raise InputError(MISSING)


def wafer_png(picture: WaferPicture) -> bytes:
    """Return the wafer as the bytes of a PNG file; what the user set matplotlib to is left out of it."""
    try:
        import matplotlib as mpl
    except ImportError:
        raise InputError(MISSING) from None
    from matplotlib.figure import Figure

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update({"font.size": TEXT_SIZE})
        w, h = picture.wafer.half_width, picture.wafer.half_height
        wide = INCHES + (SCALE_INCHES if _has_scale(picture) else 0.0)
        figure = Figure(figsize=(wide, INCHES * h / w + 0.9), layout="constrained")
        axes = figure.add_subplot()
        _draw(axes, picture)
        buffer = BytesIO()
        figure.savefig(buffer, format="png", dpi=DPI, metadata={"Software": "nodecalc", "Title": picture.title})
    return buffer.getvalue()


def _draw(axes: Axes, picture: WaferPicture) -> None:
    from matplotlib.collections import PolyCollection

    edge = _edge(picture.wafer)
    edge.set(facecolor="#f4f4f4", edgecolor="none")
    axes.add_patch(edge)
    boxes, colours = [], []
    w, h = picture.die
    for row in picture.rows:
        for first, last, status in row.runs:
            for column in range(first, last + 1):
                x, y = row.x + column * picture.pitch[0], row.y
                boxes.append(
                    [
                        (x - w / 2, y - h / 2),
                        (x + w / 2, y - h / 2),
                        (x + w / 2, y + h / 2),
                        (x - w / 2, y + h / 2),
                    ]
                )
                colours.append(picture.colour(column, row.number, status, tones=False))
    dies = PolyCollection(boxes, facecolors=colours, edgecolors="none")
    axes.add_collection(dies)
    dies.set_clip_path(edge)
    dies.set_snap(False)  # else some streets are a pixel wide and others none
    for block in picture.blocks:
        axes.add_patch(_block(block)).set_clip_path(edge)
    fields = [[(a, b), (c, b), (c, d), (a, d)] for a, b, c, d in picture.fields]
    axes.add_collection(PolyCollection(fields, facecolors="none", edgecolors="#1a1a1a", linewidths=0.8))
    for outline, style, width in ((picture.usable, "--", 0.7), (picture.wafer, "-", 1.0)):
        line = _edge(outline)
        line.set(facecolor="none", edgecolor="#222222", linestyle=style, linewidth=width)
        axes.add_patch(line)
    # Fields stand out over the edge of the wafer.
    left, low, right, top = (max(abs(f[k]) for f in picture.fields) if picture.fields else 0.0 for k in range(4))
    half = max(picture.wafer.half_width, left, right) * 1.01
    high = max(picture.wafer.half_height, low, top) * 1.01
    axes.set(xlim=(-half, half), ylim=(-high, high))
    axes.set_aspect("equal")
    axes.set_axis_off()
    axes.set_title(plain(picture.title), fontsize=SMALL_SIZE + 1, wrap=True)
    axes.legend(handles=_handles(picture), loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=5, frameon=False)
    if _has_scale(picture):
        _scale(axes, *picture.extent)


def _has_scale(picture: WaferPicture) -> bool:
    """Whether dies differ in their yields."""
    return picture.value is not None and picture.extent[0] < picture.extent[1]


def _scale(axes: Axes, low: float, high: float) -> None:
    """Draw the scale of yields beside the wafer."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import LinearSegmentedColormap, Normalize
    from matplotlib.ticker import PercentFormatter

    shades = LinearSegmentedColormap.from_list("yield", [tint(i / 63) for i in range(64)])
    bar = axes.figure.colorbar(ScalarMappable(Normalize(low, high), shades), ax=axes, shrink=0.6, pad=0.02)
    bar.ax.yaxis.set_major_formatter(PercentFormatter(1.0))
    bar.set_label("expected yield", fontsize=SMALL_SIZE)


def _edge(outline: Outline) -> Any:
    """Return the edge of a wafer as a closed polygon fine enough to be round."""
    from math import cos, pi, sin

    from matplotlib.patches import Polygon

    if outline.radius == 0.0:
        w, h = outline.half_width, outline.half_height
        return Polygon([(-w, -h), (w, -h), (w, h), (-w, h)], closed=True)
    corners = outline.corners() or [(0.0, 0.0)]
    steps = 720
    turns = []
    for (_, end), (begin, _) in zip(corners, [*corners[1:], corners[0]], strict=True):
        arc = (begin - end) % (2.0 * pi) or 2.0 * pi
        turns += [end + arc * i / steps for i in range(steps + 1)]
    return Polygon([(outline.radius * cos(a), outline.radius * sin(a)) for a in turns], closed=True)


def _block(block: Block) -> Any:
    """Return a keep-out: its rectangle with corners of its radius."""
    from math import cos, pi, sin

    from matplotlib.patches import Polygon

    quarter = [pi / 2.0 * i / 24 for i in range(25)] if block.radius else [0.0]
    corners = ((1, 1), (-1, 1), (-1, -1), (1, -1))
    points = [
        (
            block.x + right * block.half_width + block.radius * cos(turn * pi / 2.0 + a),
            block.y + up * block.half_height + block.radius * sin(turn * pi / 2.0 + a),
        )
        for turn, (right, up) in enumerate(corners)
        for a in quarter
    ]
    return Polygon(points, closed=True, facecolor="#d55e0040", edgecolor="#d55e00", linewidth=0.7)


def _handles(picture: WaferPicture) -> list[Any]:
    from matplotlib.patches import Patch

    handles = []
    for status, count in picture.legend():
        yields = picture.value is not None and status == GOOD
        low, high = picture.extent
        told = f", yield {low:.1%}" + (f" to {high:.1%}" if high > low else "") if yields else ""
        colour = tint(1.0) if yields else COLOURS[status][0]
        handles.append(Patch(facecolor=colour, label=f"{count:,} {status}{told}"))
    if picture.fields:
        handles.append(Patch(facecolor="none", edgecolor="#1a1a1a", label=f"{len(picture.fields):,} exposures"))
    return handles
