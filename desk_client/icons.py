"""Our own glyphs as SVG: shapes that carry state (with a word beside or a tooltip), arrows and marks.

Each is drawn in a 16 x 16 box in one colour, so one drawing serves both palettes and every scale.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_STROKE = 'fill="none" stroke="{c}" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"'
_SHAPES: dict[str, str] = {
    # status: ring new, disc open, square waiting, ticked disc resolved, dash closed, cross cancelled, pair duplicate
    "ring": f'<circle cx="8" cy="8" r="4.6" {_STROKE}/>',
    "disc": '<circle cx="8" cy="8" r="5" fill="{c}"/>',
    "square": f'<rect x="3.9" y="3.9" width="8.2" height="8.2" rx="1" {_STROKE}/>',
    "square-half": f'<rect x="3.9" y="3.9" width="8.2" height="8.2" rx="1" {_STROKE}/>'
    '<rect x="6.2" y="6.2" width="3.6" height="3.6" fill="{c}"/>',
    "disc-done": f'<circle cx="8" cy="8" r="5.4" {_STROKE}/><path d="M5.6 8.2 7.3 9.9 10.5 6.4" {_STROKE}/>',
    "dash": f'<path d="M4 8H12" {_STROKE}/>',
    "cross": f'<path d="M5 5 11 11M11 5 5 11" {_STROKE}/>',
    "pair": f'<rect x="2.8" y="2.8" width="7" height="7" rx="1" {_STROKE}/><path d="M6.4 13.2H13.2V6.4" {_STROKE}/>',
    # priority
    "up-up": f'<path d="M4 8 8 4 12 8M4 12.5 8 8.5 12 12.5" {_STROKE}/>',
    "up": f'<path d="M4 10 8 6 12 10" {_STROKE}/>',
    "down": f'<path d="M4 6 8 10 12 6" {_STROKE}/>',
    # marks
    "pencil": f'<path d="M3 13 3.6 10.2 10.8 3 13 5.2 5.8 12.4Z" {_STROKE}/>',
    "pencil-own": f'<path d="M3 13 3.6 10.2 10.8 3 13 5.2 5.8 12.4Z" fill="{{c}}"/><path d="M8 13.4H13.4" {_STROKE}/>',
    "check": f'<path d="M3.5 8.5 6.5 11.5 12.5 4.5" {_STROKE}/>',
    "close": f'<path d="M4.5 4.5 11.5 11.5M11.5 4.5 4.5 11.5" {_STROKE}/>',
    "search": f'<circle cx="7" cy="7" r="4" {_STROKE}/><path d="M10 10 13.2 13.2" {_STROKE}/>',
    "desk": '<rect x="1" y="1" width="14" height="14" rx="3.5" fill="{c}"/>'
    '<path d="M4.5 8.2 7 10.7 11.6 5.6" fill="none" stroke="{g}" stroke-width="2" stroke-linecap="round"'
    ' stroke-linejoin="round"/>',
}


def svg(name: str, colour: str, ground: str = "none") -> str:
    """The glyph as an SVG document."""
    shape = _SHAPES[name].replace("{c}", colour).replace("{g}", ground)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">{shape}</svg>'


@lru_cache(maxsize=256)
def pixmap(name: str, colour: str, size: int = 16, ratio: float = 1.0, ground: str = "none") -> QPixmap:
    """The glyph painted ``size`` px wide for a screen of this device pixel ratio. GUI thread only."""
    image = QPixmap(round(size * ratio), round(size * ratio))
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer = QSvgRenderer(QByteArray(svg(name, colour, ground).encode()))
    renderer.render(painter, QRectF(0, 0, image.width(), image.height()))
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image


def icon(name: str, colour: str, ground: str = "none") -> QIcon:
    """The glyph as an icon, sharp at up to 200 %."""
    made = QIcon()
    for size in (16, 32, 64):
        made.addPixmap(pixmap(name, colour, size, ground=ground))
    return made


def write_sheet_images(folder: str, prefix: str, colours: Any) -> dict[str, str]:
    """Write the glyphs that a style sheet can only take as files; {name: path with forward slashes}."""
    paths: dict[str, str] = {}
    for name, colour in (("down", colours.muted), ("check", colours.accent), ("close", colours.muted)):
        path = Path(folder) / f"{prefix}-{name}.svg"
        path.write_text(svg(name, colour), encoding="utf-8")
        paths[name] = f'"{path.as_posix()}"'
    return paths
