"""Copy what the pages load from node_modules/ into static/vendor/, and draw the icon sprite.

Run as ``python tools/vendor.py`` in the project's folder, after ``npm ci``. The
folder is made anew and put in place whole, so that a page never meets half of it.

What each package is for:

=======================  ==========================================================
leaflet                  every map, folium's too
protomaps                the atlas's vector tiles, drawn on canvas
fonts (Noto Sans SC)     Chinese and Latin letters of pictures and PDF files; no page loads them
icons.svg (lucide)       the pages' icons, each a ``<symbol id="i-NAME">``
areas.json (Vant)        names of provinces, cities and counties by their codes; no page loads them
=======================  ==========================================================

Of all that folium would load from other hosts, its maps here need Leaflet alone.
"""

import json
import re
import shutil
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

FILES = {
    "leaflet": ("leaflet/dist", ["leaflet.js", "leaflet.css", "images"]),
    "protomaps": ("protomaps-leaflet/dist", ["protomaps-leaflet.js"]),
    "fonts": (
        "@expo-google-fonts/noto-sans-sc",
        ["400Regular/NotoSansSC_400Regular.ttf", "700Bold/NotoSansSC_700Bold.ttf", "LICENSE_FONT"],
    ),
}
"""Folder in static/vendor/ -> (folder in node_modules/, what to copy from it)."""

ICONS = Path("lucide-static/icons")
"""Where node_modules/ keeps one SVG file for each icon."""

AREAS = Path("@vant/area-data/dist/index.js")
"""Where node_modules/ keeps the administrative divisions, as lines of ``360681: "name",`` in a script."""

STROKE = 'viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
STROKE += 'stroke-linecap="round" stroke-linejoin="round"'


def copy_packages(node_modules: Path, vendor: Path) -> None:
    """Copy the files of each package, keeping the paths that their style sheets refer to."""
    for name, (source, paths) in FILES.items():
        for path in paths:
            origin, target = node_modules / source / path, vendor / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if origin.is_dir():
                shutil.copytree(origin, target)
            else:
                shutil.copyfile(origin, target)


def icons_in(value: object) -> Iterator[str]:
    """Every ``icon = "name"`` in a TOML document, however deep."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "icon" and isinstance(inner, str):
                yield inner
            else:
                yield from icons_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from icons_in(inner)


def icons_wanted(project: Path) -> dict[str, Path]:
    """Names of the icons that the taxonomies and the pages use, each with the file that asks for it."""
    wanted: dict[str, Path] = {}
    for taxonomy in sorted(project.glob("stations/**/*.toml")):
        for name in icons_in(tomllib.loads(taxonomy.read_text(encoding="utf-8"))):
            wanted.setdefault(name, taxonomy)
    pages = project / "static" / "icons.txt"
    if pages.exists():
        for line in pages.read_text(encoding="utf-8").splitlines():
            name = line.partition("#")[0].strip()
            if name:
                wanted.setdefault(name, pages)
    return wanted


def sprite(icons: Path, wanted: dict[str, Path]) -> str:
    """One SVG document with a symbol for each icon, in alphabetical order.

    Raises
    ------
    LookupError
        A name that the icon set does not have.
    """
    missing = [f"{name} ({asker})" for name, asker in sorted(wanted.items()) if not (icons / f"{name}.svg").exists()]
    if missing:
        message = f"No such icon in {icons}: {', '.join(missing)}. Look names up at lucide.dev/icons."
        raise LookupError(message)
    symbols = []
    for name in sorted(wanted):
        body = re.search(r"<svg[^>]*>(.*)</svg>", (icons / f"{name}.svg").read_text(encoding="utf-8"), re.DOTALL)
        if body is None:
            message = f"{icons / name}.svg is not an SVG picture."
            raise LookupError(message)
        symbols.append(f'<symbol id="i-{name}" {STROKE}>{" ".join(body[1].split())}</symbol>\n')
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{"".join(symbols)}</svg>\n'


def areas(script: str) -> dict[str, str]:
    """Names by code: two digits for a province, four for a city, six for a county.

    Raises
    ------
    LookupError
        The script does not hold them as it did.
    """
    found = {}
    for code, name in re.findall(r'(\d{6}): ("(?:[^"\\]|\\u[0-9A-Fa-f]{4})+")', script):
        found[code.removesuffix("00").removesuffix("00")] = json.loads(name)
    if not {2, 4, 6} <= {len(code) for code in found}:
        message = f"{AREAS} holds no provinces, cities and counties."
        raise LookupError(message)
    return dict(sorted(found.items()))


def main(project: Path) -> None:
    """Make static/vendor/ anew."""
    node_modules, vendor = project / "node_modules", project / "static" / "vendor"
    fresh, stale = vendor.with_name("vendor.new"), vendor.with_name("vendor.old")
    for leftover in (fresh, stale):
        shutil.rmtree(leftover, ignore_errors=True)
    copy_packages(node_modules, fresh)
    picture = sprite(node_modules / ICONS, icons_wanted(project))
    (fresh / "icons.svg").write_text(picture, encoding="utf-8")
    named = areas((node_modules / AREAS).read_text(encoding="utf-8"))
    (fresh / "areas.json").write_text(json.dumps(named, ensure_ascii=False), encoding="utf-8")
    if vendor.exists():
        vendor.rename(stale)
    fresh.rename(vendor)
    shutil.rmtree(stale, ignore_errors=True)


if __name__ == "__main__":
    try:
        main(Path(__file__).parent.parent)
    except (OSError, LookupError) as error:
        sys.exit(f"tools/vendor.py: {error}")
