"""A wafer map as PNG, drawn by matplotlib, which is loaded only here and only when one is asked for."""

from __future__ import annotations

from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from nodecalc.errors import InputError
from nodecalc_kernels.loading import load_whole

from .heat import tint
from .plot_style import SMALL_SIZE, TEXT_SIZE, plain
from .wafer import COLOURS, GOOD, Block, Outline, SitesInRow, WaferPicture

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MISSING: Final = "--png needs matplotlib: pip install 'nodecalc[plot]'; --svg needs nothing"
INCHES: Final = 8.0
SCALE_INCHES: Final = 1.4
"""What a scale of yields takes beside the wafer."""
TEXT_INCHES: Final = 0.9
"""What title and legend take."""
DPI: Final = 160
MOST_PATCHES: Final = 20_000
"""Dies that are drawn as shapes, some 25 us each; more are painted into an image, whatever their number."""
FINER: Final = 2
"""Pixels of that image in one of the file."""


def check_png() -> None:
    """Refuse where there is no matplotlib."""
    if find_spec("matplotlib") is None:
        raise InputError(MISSING)


def wafer_png(picture: WaferPicture) -> bytes:
    """Return the wafer as the bytes of a PNG file; what the user set matplotlib to is left out of it."""
    try:
        mpl = load_whole("matplotlib")
    except ModuleNotFoundError:
        raise InputError(MISSING) from None
    from matplotlib.figure import Figure

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update({"font.size": TEXT_SIZE})
        left, low, right, top = _limits(picture)
        wide = INCHES + (SCALE_INCHES if _has_scale(picture) else 0.0)
        figure = Figure(figsize=(wide, INCHES * (top - low) / (right - left) + TEXT_INCHES), layout="constrained")
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
    if sum(picture.counts.values()) > MOST_PATCHES:
        _paint(axes, picture, edge)
    else:
        _patches(axes, picture, edge)
    for block in picture.blocks:
        axes.add_patch(_block(block)).set_clip_path(edge)
    fields = [[(a, b), (c, b), (c, d), (a, d)] for a, b, c, d in picture.fields]
    axes.add_collection(PolyCollection(fields, facecolors="none", edgecolors="#1a1a1a", linewidths=0.8))
    for outline, style, width in ((picture.usable, "--", 0.7), (picture.wafer, "-", 1.0)):
        line = _edge(outline)
        line.set(facecolor="none", edgecolor="#222222", linestyle=style, linewidth=width)
        axes.add_patch(line)
    left, low, right, top = _limits(picture)
    axes.set(xlim=(left, right), ylim=(low, top))
    axes.set_aspect("equal")
    axes.set_axis_off()
    axes.set_title(plain(picture.title), fontsize=SMALL_SIZE + 1, wrap=True)
    axes.legend(handles=_handles(picture), loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=5, frameon=False)
    if _has_scale(picture):
        _scale(axes, *picture.extent)


def _limits(picture: WaferPicture) -> tuple[float, float, float, float]:
    """Return what is drawn, mm, to the left, below, to the right and above; fields stand out over the wafer's edge."""
    w, h = picture.wafer.half_width, picture.wafer.half_height
    boxes = [(-w, -h, w, h), *picture.fields]
    margin = 0.01 * w
    return (
        min(box[0] for box in boxes) - margin,
        min(box[1] for box in boxes) - margin,
        max(box[2] for box in boxes) + margin,
        max(box[3] for box in boxes) + margin,
    )


def _patches(axes: Axes, picture: WaferPicture, edge: Any) -> None:
    """Draw every die as a shape, with streets as narrow as they are."""
    from matplotlib.collections import PolyCollection

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


def _paint(axes: Axes, picture: WaferPicture, edge: Any) -> None:
    """Draw the dies as an image: of more dies than `MOST_PATCHES` each is a few pixels, or less than one.

    A pixel is as dense as the share of it that dies cover, so that narrow streets make all of it paler and no pattern.
    """
    from nodecalc_kernels.numpy_whole import np

    half, high = picture.wafer.half_width, picture.wafer.half_height
    columns = FINER * round(INCHES * DPI)
    rows = round(columns * high / half)
    image = np.zeros((rows, columns, 4), np.float32)
    x, y = np.linspace(-half, half, columns + 1), np.linspace(-high, high, rows + 1)
    seen: dict[str, tuple[float, float, float]] = {}
    before, line = None, None
    upwards = _covered(y - picture.rows[0].y, picture.pitch[1], picture.die[1])
    for at, covered in enumerate(upwards.tolist()):
        row = picture.row_at(0.5 * (y[at] + y[at + 1]))
        if row is None or not row.runs:
            continue
        if before != row.number:
            before, line = row.number, _line(picture, row, x, seen)
        image[at] = line
        image[at, :, 3] *= covered
    drawn = axes.imshow(
        image,
        extent=(-half, half, -high, high),
        origin="lower",
        interpolation="antialiased",
        aspect="equal",
        zorder=1.0,
    )
    drawn.set_clip_path(edge)


def _covered(at: Any, pitch: float, side: float) -> Any:
    """Return what share of each stretch between neighbouring points dies cover; one is centred at 0."""
    from nodecalc_kernels.numpy_whole import np

    whole = np.floor(at / pitch + 0.5)
    part = at + 0.5 * pitch - whole * pitch
    covered = whole * side + np.clip(part - 0.5 * (pitch - side), 0.0, side)
    return np.diff(covered) / np.diff(at)


def _line(picture: WaferPicture, row: SitesInRow, x: Any, seen: dict[str, tuple[float, float, float]]) -> Any:
    """Return the colours of a row of dies in the pixels between `x`, and how densely dies cover each."""
    from matplotlib.colors import to_rgb

    from nodecalc_kernels.numpy_whole import np

    first, last = row.runs[0][0], row.runs[-1][1]
    tones = np.zeros((last - first + 1, 4), np.float32)
    for begin, end, status in row.runs:
        alike = picture.value is None or status != GOOD
        names = [
            picture.colour(column, row.number, status, tones=False)
            for column in range(begin, (begin if alike else end) + 1)
        ]
        for name in names:
            if name not in seen:
                seen[name] = to_rgb(name)
        tones[begin - first : end - first + 1] = [(*seen[name], 1.0) for name in names]
    middle = 0.5 * (x[1:] + x[:-1])
    column = np.rint((middle - row.x) / picture.pitch[0]).astype(np.int64) - first
    there = (column >= 0) & (column <= last - first)
    found = np.zeros((len(middle), 4), np.float32)
    found[there] = tones[column[there]]
    found[:, 3] *= _covered(x - row.x, picture.pitch[0], picture.die[0])
    return found


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
