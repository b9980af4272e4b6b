"""Draws a mobility map as SVG that also speaks, and the same as a table.

Kinds of move differ by line and by the letter on it, not by colour alone. Every text is
escaped; nothing is loaded from elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from connector.framework.model import Framework
from connector.talent.mobility.map import MapMove, MobilityMap, Tie

_BOX_WIDTH, _BOX_HEIGHT, _GAP = 176, 44, 12
_COLUMN, _LEFT, _TOP = _BOX_WIDTH + 72, 176, 96
_LINE = 22
#: Lines beside a family before the first place is taken again.
_LANES = 4

#: Letter, dashes and colour of each kind; letter and dashes alone tell them apart.
_STYLES = {
    Tie.VERTICAL: ("V", "", "#1b4f8a"),
    Tie.LATERAL: ("L", "10 5", "#7a3b00"),
    Tie.DIAGONAL: ("D", "2 5", "#4a2a7a"),
    Tie.SUGGESTED: ("S", "14 4 2 4", "#4d4d4d"),
}
_WORDS = {
    Tie.VERTICAL: "vertical",
    Tie.LATERAL: "lateral",
    Tie.DIAGONAL: "diagonal",
    Tie.SUGGESTED: "suggested by shared competencies",
}
_STYLE = """
text{font-family:system-ui,sans-serif;fill:#1a1a1a}
.box{fill:#fff;stroke:#333}.name{font-size:13px}.row,.family{font-size:14px;
font-weight:600}.band{fill:#f3f3f3}.letter{font-size:12px;font-weight:700}
.disc{fill:#fff}
"""


@dataclass(frozen=True, slots=True)
class _Box:
    x: float
    y: float

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + _BOX_WIDTH / 2, self.y + _BOX_HEIGHT / 2


def draw(framework: Framework, found: MobilityMap, title: str) -> str:
    """Return a map as one SVG document.

    It has a title and a description for a screen reader, and every role and move has
    a title of its own.
    """
    heights = _row_heights(found)
    tops = [_TOP + sum(heights[:row]) for row in range(len(heights))]
    boxes = _boxes(found, tops)
    width = _LEFT + _COLUMN * max(len(found.families), 1)
    height = _TOP + sum(heights) + _LINE * (len(_STYLES) + 2)
    described = (
        f"{len(boxes)} roles in {len(found.families)} families,"
        f" {len(found.moves)} moves. The table says the same."
    )
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}"'
            f' height="{height}" viewBox="0 0 {width} {height}"'
            ' aria-labelledby="map-title map-description">'
        ),
        f'<title id="map-title">{escape(title)}</title>',
        f'<desc id="map-description">{escape(described)}</desc>',
        f"<style>{_STYLE}</style>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        *_markers(),
        *_bands(found, tops, heights, width),
        *_columns(framework, found),
        *_lines(framework, found, boxes),
        *(_role(framework, role, box) for role, box in boxes.items()),
        *_legend(_TOP + sum(heights) + _LINE),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def table_rows(framework: Framework, found: MobilityMap) -> Iterator[tuple[str, ...]]:
    """Yield the moves of a map as rows: from, to, kind, steps to learn."""
    for move in found.moves:
        yield (
            str(framework.roles[move.from_role].name),
            str(framework.roles[move.to_role].name),
            _WORDS[move.tie],
            str(move.learning),
        )


def _row_heights(found: MobilityMap) -> list[int]:
    most: dict[int, int] = defaultdict(lambda: 1)
    for cell in found.cells:
        most[cell.row] = max(most[cell.row], len(cell.roles))
    return [
        most[row] * (_BOX_HEIGHT + _GAP) + 3 * _GAP for row in range(len(found.rows))
    ]


def _boxes(found: MobilityMap, tops: list[int]) -> dict[str, _Box]:
    columns = {family: number for number, family in enumerate(found.families)}
    return {
        role: _Box(
            _LEFT + columns[cell.family] * _COLUMN,
            tops[cell.row] + 2 * _GAP + number * (_BOX_HEIGHT + _GAP),
        )
        for cell in found.cells
        for number, role in enumerate(cell.roles)
    }


def _markers() -> Iterator[str]:
    yield "<defs>"
    for tie, (_, _, colour) in _STYLES.items():
        yield (
            f'<marker id="end-{tie}" viewBox="0 0 10 10" refX="9" refY="5"'
            ' markerWidth="8" markerHeight="8" orient="auto-start-reverse">'
            f'<path d="M0 0L10 5L0 10z" fill="{colour}"/></marker>'
        )
    yield "</defs>"


def _bands(
    found: MobilityMap, tops: list[int], heights: list[int], width: int
) -> Iterator[str]:
    for row, (name, top) in enumerate(zip(found.rows, tops, strict=True)):
        if row % 2 == 0:
            yield (
                f'<rect class="band" x="0" y="{top}" width="{width}"'
                f' height="{heights[row]}"/>'
            )
        lines = (heights[row] - 36) // 18 + 1
        wrapped = _wrapped(name or "without a level", 20, lines)
        for number, words in enumerate(wrapped):
            yield _words("row", 12, top + 36 + number * 18, words)


def _columns(framework: Framework, found: MobilityMap) -> Iterator[str]:
    for number, family in enumerate(found.families):
        known = framework.families.get(family)
        name = str(known.name) if known else family
        for line, words in enumerate(_wrapped(name, 22)):
            yield _words("family", _LEFT + number * _COLUMN, 40 + line * 18, words)


def _role(framework: Framework, role: str, box: _Box) -> str:
    name = str(framework.roles[role].name)
    lines = "".join(
        _words("name", box.x + 8, box.y + 18 + number * 16, words)
        for number, words in enumerate(_wrapped(name, 25))
    )
    return (
        f'<g><title>{escape(name)}</title><rect class="box" x="{box.x}" y="{box.y}"'
        f' width="{_BOX_WIDTH}" height="{_BOX_HEIGHT}" rx="6"/>{lines}</g>'
    )


@dataclass(frozen=True, slots=True)
class _Curve:
    """A bent line: where it starts, what bends it, where it ends."""

    start: tuple[float, float]
    bend: tuple[float, float]
    end: tuple[float, float]

    @property
    def path(self) -> str:
        points = (self.start, self.bend, self.end)
        (x1, y1), (x2, y2), (x3, y3) = points
        return f"M{x1:g} {y1:g}Q{x2:g} {y2:g} {x3:g} {y3:g}"

    @property
    def letter(self) -> tuple[float, float]:
        """Return a point a third along, so that a way and its way back differ."""
        x, y = (
            start * 4 / 9 + bend * 4 / 9 + end / 9
            for start, bend, end in zip(self.start, self.bend, self.end, strict=True)
        )
        return x, y


def _lines(
    framework: Framework, found: MobilityMap, boxes: dict[str, _Box]
) -> Iterator[str]:
    beside: dict[float, int] = defaultdict(int)
    for move in found.moves:
        start, end = boxes[move.from_role], boxes[move.to_role]
        lane = beside[start.x] % _LANES
        beside[start.x] += start.x == end.x
        curve = _within(start, end, lane) if start.x == end.x else _across(start, end)
        yield _line(framework, move, curve)


def _line(framework: Framework, move: MapMove, curve: _Curve) -> str:
    letter, dashes, colour = _STYLES[move.tie]
    told = (
        f"{framework.roles[move.from_role].name} to"
        f" {framework.roles[move.to_role].name}: {_WORDS[move.tie]},"
        f" {move.learning} steps to learn"
    )
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    x, y = curve.letter
    return (
        f'<g><title>{escape(told)}</title><path d="{curve.path}" fill="none"'
        f' stroke="{colour}" stroke-width="1.6"{dashed}'
        f' marker-end="url(#end-{move.tie})"/>'
        f'<circle class="disc" cx="{x:g}" cy="{y:g}" r="8"/>'
        f"{_words('letter', x - 4, y + 4, letter)}</g>"
    )


def _within(start: _Box, end: _Box, lane: int) -> _Curve:
    """Return a line between two roles of one family, in the gap beside them."""
    edge, shift = start.x + _BOX_WIDTH, 6 if start.y > end.y else -6
    (_, y1), (_, y2) = start.middle, end.middle
    bulge = edge + 36 + lane * 24
    return _Curve((edge, y1 - shift), (bulge, (y1 + y2) / 2), (edge, y2 + shift))


def _across(start: _Box, end: _Box) -> _Curve:
    """Return a line between two families; a way and its way back lie apart."""
    (x1, y1), (x2, y2) = start.middle, end.middle
    side, shift = (_BOX_WIDTH / 2, 8) if x2 >= x1 else (-_BOX_WIDTH / 2, -8)
    bend = (x1 + x2) / 2 + (18 if y1 > y2 else -18)
    return _Curve(
        (x1 + side, y1 + shift), (bend, (y1 + y2) / 2 + shift), (x2 - side, y2 + shift)
    )


def _legend(top: int) -> Iterator[str]:
    for number, (tie, (letter, dashes, colour)) in enumerate(_STYLES.items()):
        y = top + number * _LINE
        dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
        yield (
            f'<path d="M12 {y}H72" stroke="{colour}" stroke-width="1.6"{dashed}'
            f' marker-end="url(#end-{tie})"/>'
        )
        yield _words("name", 84, y + 4, f"{letter}  {_WORDS[tie]}")


def _words(style: str, x: float, y: float, words: str) -> str:
    return f'<text class="{style}" x="{x:g}" y="{y:g}">{escape(words)}</text>'


def _wrapped(words: str, width: int, most: int = 2) -> list[str]:
    """Return a name in so many lines at most; what does not fit ends with dots."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    shown = [line if len(line) <= width else f"{line[: width - 1]}…" for line in lines]
    if len(shown) > most:
        return [*shown[: most - 1], f"{shown[most - 1][: width - 1]}…"]
    return shown
