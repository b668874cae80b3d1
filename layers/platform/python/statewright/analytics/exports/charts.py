"""Charts as plain geometry: what to draw where. PDF and SVG draw it.

Coordinates are in points from the top left corner of the chart's own box.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from statewright.analytics.exports.formatting import axis_text, text_of
from statewright.analytics.exports.tables import Column, Table, Value
from statewright.analytics.exports.wrapping import columns_of, shortened

COLOURS = ("#2563eb", "#e11d48", "#059669", "#d97706", "#7c3aed", "#0891b2", "#4b5563", "#be185d")
"""Told apart by people who do not see all colours, too: they differ in lightness."""
GREY = "#9ca3af"
LEFT, RIGHT, TOP, BOTTOM = 52.0, 8.0, 22.0, 30.0
MAX_POINTS = 400
MAX_SLICES = 8


@dataclass(frozen=True, slots=True)
class Line:
    """Connected points."""

    points: tuple[tuple[float, float], ...]
    colour: str
    width: float = 1.5


@dataclass(frozen=True, slots=True)
class Area:
    """A filled polygon."""

    points: tuple[tuple[float, float], ...]
    colour: str


@dataclass(frozen=True, slots=True)
class Label:
    """A text; ``anchor`` is where it stands from its point."""

    x: float
    y: float
    text: str
    anchor: str = "start"
    size: float = 7
    colour: str = "#374151"


Shape = Line | Area | Label


@dataclass(frozen=True, slots=True)
class Series:
    """One measure, or one group's, by point."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Data:
    """What a chart shows: names of points, and values of series."""

    names: tuple[str, ...]
    series: tuple[Series, ...]
    kind: str


def chart(table: Table, width: float, height: float) -> list[Shape]:
    """A table's chart; nothing where there is nothing to draw."""
    rows = list(table.rows)
    data = _data(table, rows)
    if data is None:
        return []
    if table.chart == "pie":
        return _pie(data, table, width, height)
    return _plot(data, table, width, height)


def _data(table: Table, rows: Sequence[tuple[Value, ...]]) -> Data | None:
    """Points along the time, or the groups; a series for each group or measure."""
    measures = [i for i, c in enumerate(table.columns) if c.kind not in {"text", "time"}]
    times = [i for i, c in enumerate(table.columns) if c.kind == "time"]
    texts = [i for i, c in enumerate(table.columns) if c.kind == "text"]
    if table.chart not in {"line", "area", "bar", "pie"} or not rows or not measures:
        return None
    if not times and not texts:
        return None
    first = table.columns[measures[0]]
    if times and texts:
        return _by_group(table, rows, times[0], texts, measures[0])
    same = [i for i in measures if table.columns[i].kind == first.kind][:MAX_SLICES]
    shown = rows[:MAX_POINTS] if times else rows[:40]
    names = tuple(_name(table, row, times or texts) for row in shown)
    series = tuple(
        Series(table.columns[i].label, tuple(_number(row[i]) for row in shown)) for i in same
    )
    return Data(names, series, first.kind)


def _by_group(
    table: Table, rows: Sequence[tuple[Value, ...]], time: int, texts: list[int], measure: int
) -> Data:
    points: dict[str, None] = {}
    groups: dict[str, dict[str, float | None]] = {}
    for row in rows:
        point = _name(table, row, [time])
        points[point] = None
        group = groups.setdefault(_name(table, row, texts), {})
        group[point] = _number(row[measure])
    names = tuple(points)[:MAX_POINTS]
    series = [Series(name, tuple(g.get(p) for p in names)) for name, g in groups.items()]
    return Data(names, tuple(series[:MAX_SLICES]), table.columns[measure].kind)


def _name(table: Table, row: tuple[Value, ...], indexes: Sequence[int]) -> str:
    parts = [text_of(row[i], table.columns[i], table.look, table.grain) for i in indexes]
    return " / ".join(parts)


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def ticks(top: float) -> list[float]:
    """Round numbers from 0 to at least ``top``."""
    if top < 1e-9:
        return [0.0, 1.0]
    size = 10.0 ** math.floor(math.log10(top / 4))
    step = next(size * f for f in (1, 2, 2.5, 5, 10) if size * f * 4 >= top * 0.999999)
    return [step * i for i in range(math.ceil(top / step - 1e-9) + 1)]


def _plot(data: Data, table: Table, width: float, height: float) -> list[Shape]:
    values = [v for series in data.series for v in series.values if v is not None]
    marks = ticks(max(values, default=0))
    box = _Box(LEFT, TOP, width - LEFT - RIGHT, height - TOP - BOTTOM, marks[-1], len(data.names))
    shapes: list[Shape] = []
    for mark in marks:
        y = box.y(mark)
        shapes.append(Line(((box.left, y), (box.left + box.width, y)), "#e5e7eb", 0.5))
        text = axis_text(mark, data.kind, table.look)
        shapes.append(Label(box.left - 4, y + 2.5, text, "end"))
    shapes += _names(data.names, box)
    draw = _bars if table.chart == "bar" else _lines
    shapes += draw(data, box, filled=table.chart == "area")
    return shapes + _legend([series.name for series in data.series], width)


@dataclass(frozen=True, slots=True)
class _Box:
    """Where values are drawn."""

    left: float
    top: float
    width: float
    height: float
    most: float
    points: int

    def x(self, index: float) -> float:
        return self.left + (index + 0.5) * self.width / self.points

    def y(self, value: float) -> float:
        return self.top + self.height * (1 - value / self.most)


def _names(names: Sequence[str], box: _Box) -> list[Shape]:
    """As many names as fit below the axis."""
    room = max(1, int(box.width // 70))
    every = max(1, math.ceil(len(names) / room))
    y = box.top + box.height + 11
    return [
        Label(box.x(i), y, shortened(name, 18), "middle")
        for i, name in enumerate(names)
        if i % every == 0
    ]


def _lines(data: Data, box: _Box, *, filled: bool) -> list[Shape]:
    shapes: list[Shape] = []
    for number, series in enumerate(data.series):
        colour = COLOURS[number % len(COLOURS)]
        for run in _runs(series.values):
            points = tuple((box.x(i), box.y(value)) for i, value in run)
            if filled and number == 0:
                floor = box.top + box.height
                edge = ((points[-1][0], floor), (points[0][0], floor))
                shapes.append(Area((*points, *edge), "#dbeafe"))
            if len(points) == 1:  # a single point has no line: a small mark
                (x, y), *_ = points
                points = ((x - 2, y), (x + 2, y))
            shapes.append(Line(points, colour))
    return shapes


def _runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """The stretches without gaps."""
    runs: list[list[tuple[int, float]]] = [[]]
    for index, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((index, value))
    return [run for run in runs if run]


def _bars(data: Data, box: _Box, *, filled: bool) -> list[Shape]:
    slot = box.width / box.points * 0.8
    thick = slot / len(data.series)
    shapes: list[Shape] = []
    for number, series in enumerate(data.series):
        for index, value in enumerate(series.values):
            if value:
                left = box.x(index) - slot / 2 + number * thick
                shapes.append(_rectangle(left, box.y(value), thick, box.y(0), COLOURS[number % 8]))
    return shapes


def _rectangle(left: float, top: float, width: float, bottom: float, colour: str) -> Area:
    right = left + width
    return Area(((left, top), (right, top), (right, bottom), (left, bottom)), colour)


def _legend(names: Sequence[str], width: float) -> list[Shape]:
    shapes: list[Shape] = []
    x = LEFT
    for number, name in enumerate(names):
        text = shortened(name, 28)
        room = 14 + columns_of(text) * 4.2
        if x + room > width:
            break
        shapes.append(_rectangle(x, 4, 8, 12, COLOURS[number % len(COLOURS)]))
        shapes.append(Label(x + 11, 11, text))
        x += room
    return shapes


def _pie(data: Data, table: Table, width: float, height: float) -> list[Shape]:
    pairs = [(n, v) for n, v in zip(data.names, data.series[0].values, strict=True) if v and v > 0]
    pairs.sort(key=lambda pair: -pair[1])
    if len(pairs) > MAX_SLICES:
        rest = sum(value for _, value in pairs[MAX_SLICES - 1 :])
        pairs = [*pairs[: MAX_SLICES - 1], ("…", rest)]
    whole = sum(value for _, value in pairs)
    radius = min(height / 2 - 6, width / 4)
    centre, angle = (radius + 10, height / 2), -math.pi / 2
    column = Column("share", "", "ratio")
    shapes: list[Shape] = []
    for number, (name, value) in enumerate(pairs):
        turn = 2 * math.pi * value / whole
        shapes.append(Area(_wedge(centre, radius, angle, turn), COLOURS[number % len(COLOURS)]))
        angle += turn
        y = 14 + number * 14.0
        shapes.append(_rectangle(centre[0] + radius + 20, y - 7, 8, y + 1, COLOURS[number % 8]))
        share = text_of(value / whole, column, table.look)
        shapes.append(Label(centre[0] + radius + 32, y, f"{shortened(name, 40)}  {share}"))
    return shapes


def _wedge(
    centre: tuple[float, float], radius: float, start: float, turn: float
) -> tuple[tuple[float, float], ...]:
    count = max(2, math.ceil(turn / 0.05))
    arc = [start + turn * i / count for i in range(count + 1)]
    points = [(centre[0] + radius * math.cos(a), centre[1] + radius * math.sin(a)) for a in arc]
    return (centre, *points)
