"""``flask coverage report``: everything that a page gives to take home, from its saved question."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import click
import orjson
from flask import current_app
from flask_babel import force_locale

from stations.commands.asking import HouseMaker, known_to
from stations.commands.telling import told
from stations.errors import UnknownRevisionError
from stations.handouts.layers import write_layers
from stations.handouts.pages import write_pages
from stations.handouts.picture import draw
from stations.handouts.question import SavedQuestion, read_question
from stations.handouts.scene import POSTER, PRINTED, Theme
from stations.handouts.shapes import coverage_geojson, gaps_geojson, reach_geojson
from stations.handouts.story import document_of
from stations.handouts.tables import table_csv
from stations.handouts.webpage import write_page
from stations.handouts.workbook import write_workbook
from stations.registry.snapshot import Snapshot
from stations.web.house import House, Stations
from stations.web.language import LOCALES
from stations.web.planning.findings import Findings
from stations.web.planning.reports import Ordered, order, report_of
from stations.wording.credit import credit_of
from stations.wording.names import Names


def report_command(house: HouseMaker) -> click.Command:
    """Make the command ``report``."""

    @click.command("report")
    @click.option(
        "--query",
        "file",
        required=True,
        type=click.Path(path_type=Path, dir_okay=False),
        help="The saved question, as the coverage page gives it.",
    )
    @click.option(
        "--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder to write the files to."
    )
    @click.option(
        "--language", type=click.Choice(sorted(LOCALES)), default="zh", show_default=True, help="Of what is written."
    )
    def report(*, file: Path, out: Path, language: str) -> None:
        """Write the report of a saved question: PDF, page, workbook, layers, maps and tables."""
        with told():
            there = house()
            saved = read_question(read_saved(file), datetime.now(there.zone).date())
            there = as_saved(there, saved)
            with force_locale(LOCALES[language]):
                files = _made(there, saved, language)
            write_files(out, files)

    return report


def write_files(out: Path, files: Mapping[str, bytes]) -> None:
    """Write files to a folder, each whole or not at all.

    Raises
    ------
    ClickException
        A folder that cannot be written to.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            unfinished = out / f".{name}.{os.getpid()}"
            try:
                unfinished.write_bytes(content)
                unfinished.replace(out / name)
            finally:
                unfinished.unlink(missing_ok=True)
    except OSError as fault:
        message = f"“{out}” cannot be written to ({fault.strerror}). Give a folder that can."
        raise click.ClickException(message) from fault
    click.echo(f"Written to {out}: " + ", ".join(files))


@dataclass(frozen=True)
class _AsOf:
    """A registry that gives the stations as of an earlier revision, and all else as it is."""

    now: Stations
    then: Snapshot

    def __getattr__(self, name: str) -> object:
        return getattr(self.now, name)

    def snapshot(self) -> Snapshot:
        return self.then


def read_saved(file: Path) -> bytes:
    """Read the file of a saved question.

    Raises
    ------
    ClickException
        A file that cannot be read.
    """
    try:
        return file.read_bytes()
    except OSError as fault:
        message = f"“{file}” cannot be read ({fault.strerror}). Give the file that the page saved."
        raise click.ClickException(message) from fault


def as_saved(there: House, saved: SavedQuestion) -> House:
    """The house with the stations as of the question's revision; says what is not as it was."""
    if there.atlas is not None and saved.digest and saved.digest != there.atlas.digest:
        click.echo(
            f"The question was asked on the atlas {saved.digest[:12]}, and this one is {there.atlas.digest[:12]}: "
            "figures may differ.",
            err=True,
        )
    newest = there.snapshot()
    if not saved.revision or saved.revision == newest.revision:
        return there
    try:
        earlier = there.registry.as_of(saved.revision)
    except UnknownRevisionError:
        click.echo(
            f"The registry has no revision {saved.revision}, of which the question was asked: "
            f"the report is of revision {newest.revision}.",
            err=True,
        )
        return there
    click.echo(f"The registry is at revision {newest.revision}; the report is of revision {saved.revision}, as asked.")
    registry: Stations = _AsOf(there.registry, earlier)  # type: ignore[assignment]  # the rest of it is passed on
    return replace(there, registry=registry)


def _made(there: House, saved: SavedQuestion, language: str) -> dict[str, bytes]:
    """Every file by its name."""
    names, known = Names.read(), known_to(there)
    findings = Findings(there, known)
    ordered = order(findings, saved.query, known, names, saved.day, language)
    report = report_of(findings, ordered, saved.query, known, names)
    maps = {theme: draw(report.scene, theme, PRINTED) for theme in Theme}
    shapes = {
        "coverage": coverage_geojson(report.answer, report.atlas.townships),
        "gaps": gaps_geojson(report.answer),
        "reach": reach_geojson(report.areas),
    }
    files = {
        "report.pdf": write_pages(document_of(report), maps),
        "report.html": write_page(document_of(report), maps).encode(),
        "workbook.xlsx": write_workbook(list(report.tables.values()), report.about),
        "coverage.gpkg": write_layers(report),
        "map.png": draw(report.scene, Theme.TOWNSHIPS, POSTER),
        "reach.png": draw(report.scene, Theme.REACH, POSTER),
        "map.html": _map(findings, ordered, names),
        "question.json": report.saved.to_json(),
    }
    files |= {f"{key}.csv": table_csv(table) for key, table in report.tables.items()}
    files |= {f"{name}.geojson": orjson.dumps(shape | credit_of(report.atlas)) for name, shape in shapes.items()}
    return files


def _map(findings: Findings, ordered: Ordered, names: Names) -> bytes:
    """The map to click, as one file."""
    from stations.handouts.mappage import Inlined
    from stations.web.planning.maps import draw as draw_map

    picture = findings.picture(ordered.asked, names)
    assets = Inlined(Path(current_app.static_folder or "static"))
    return draw_map(picture, assets, "en" if ordered.language == "en" else "zh-Hans").encode()
