"""The letters of pictures and printed pages: a font with Chinese in it, which a fresh machine gets with the rest."""

from __future__ import annotations

from pathlib import Path

from stations.errors import StationsError

FOLDER = Path(__file__).resolve().parent.parent.parent / "static" / "vendor" / "fonts"
REGULAR = FOLDER / "400Regular" / "NotoSansSC_400Regular.ttf"
BOLD = FOLDER / "700Bold" / "NotoSansSC_700Bold.ttf"


class NoFontError(StationsError, OSError):
    """The font is not there, so nothing can be drawn or printed."""


def font_files() -> tuple[Path, Path]:
    """Files of the regular and the bold letters.

    Raises
    ------
    NoFontError
        They were not put in place.
    """
    for path in (REGULAR, BOLD):
        if not path.is_file():
            raise NoFontError("The font {name} is not there. Put it in place with: make", name=path.name)
    return REGULAR, BOLD
