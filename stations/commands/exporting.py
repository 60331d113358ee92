"""``flask stations export``: the stations as a file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from geodata.progress import silent
from stations.commands.bars import bars
from stations.commands.telling import told
from stations.exchange.listing import Words
from stations.exchange.picking import Pick, pick_stations
from stations.exchange.writing import ExportRefused, Form, Order, form_of, write_stations, write_stream
from stations.registry.log import Registry
from stations.station import Station, Status
from stations.taxonomy import Taxonomy, Vocabulary

PIPE = Path("-")

MANY = 5_000
"""Stations from which writing takes long enough to be watched."""


def export_command(registry: Callable[[], Registry], timezone: ZoneInfo) -> click.Command:
    """Make the command ``export``; the parameters are those of `station_commands`."""

    @click.command("export")
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option(
        "--form",
        type=click.Choice([one.value for one in Form]),
        help="Form of the file. Without it, the end of its name says.",
    )
    @click.option(
        "--public", "full", flag_value=False, default=False, help="What anyone may see; so it is unless told."
    )
    @click.option("--full", "full", flag_value=True, help="Every field, private ones too.")
    @click.option(
        "--headers", type=click.Choice([one.value for one in Words]), help="In what words: Chinese, English or keys."
    )
    @click.option(
        "--status",
        multiple=True,
        type=click.Choice([one.value for one in Status]),
        help="Only stations of this status.",
    )
    @click.option("--kind", multiple=True, help="Only stations of this kind.")
    @click.option("--host", multiple=True, help="Only stations in such premises.")
    @click.option("--township", multiple=True, help="Only in the township, county or city whose code begins so.")
    @click.option("--amenity", multiple=True, help="Only stations that are known to have it.")
    @click.option("--open-at", metavar="MOMENT", help="Only stations open at that moment, like 2026-03-01T08:30.")
    @click.option("--bbox", metavar="WEST,SOUTH,EAST,NORTH", help="Only stations in the box, degrees WGS-84.")
    @click.option("--code", multiple=True, help="Only the station of this code.")
    @click.option("--force", is_flag=True, help="Replace a file that is there.")
    def export(  # noqa: PLR0913  one for each option
        file: Path,
        *,
        form: str | None,
        full: bool,
        headers: str | None,
        status: tuple[str, ...],
        kind: tuple[str, ...],
        host: tuple[str, ...],
        township: tuple[str, ...],
        amenity: tuple[str, ...],
        open_at: str | None,
        bbox: str | None,
        code: tuple[str, ...],
        force: bool,
    ) -> None:
        """Write the stations to a file: CSV, an XLSX workbook, GeoJSON or a GeoPackage.

        Such a file can be corrected and imported again. FILE may be - for CSV and
        GeoJSON to the terminal. An option given several times takes whatever fits
        one of them; of amenities, all.
        """
        with told():
            chosen = Form(form) if form else Form.CSV if file == PIPE else form_of(file.name)
            taxonomy = Taxonomy.load()
            pick = Pick(
                codes=frozenset(code),
                statuses=frozenset(status),
                kinds=_keys(kind, taxonomy.kinds),
                hosts=_keys(host, taxonomy.hosts),
                townships=township,
                amenities=_keys(amenity, taxonomy.amenities),
                open_at=_moment(open_at, timezone) if open_at else None,
                bounds=_box(bbox) if bbox else None,
            )
            snapshot = registry().snapshot()
            rows = pick_stations(snapshot, pick).tolist()

            def stations() -> Iterator[Station]:
                return (snapshot.stations[row] for row in rows)

            now = datetime.now(timezone)
            words = Words(headers) if headers else None
            order = Order(chosen, snapshot.revision, now, full=full, words=words, picked=pick.told())
            if not rows:
                raise ExportRefused("No station fits. Nothing was written.")
            if file == PIPE:
                write_stream(sys.stdout.buffer, stations, order, taxonomy)
                return
            with bars({"look": "Looking", "write": "Writing"}) if len(rows) >= MANY else nullcontext(silent) as tell:

                def towards(stage: str, done: int, _: int | None) -> None:
                    tell(stage, done, len(rows))

                count = write_stations(file, stations, order, taxonomy, replace=force, tell=towards)
            what = "every field, private ones too" if full else "public fields"
            click.echo(f"{file.name}: {count} stations, {what}, revision {snapshot.revision}.")

    return export


def _keys(words: tuple[str, ...], vocabulary: Vocabulary) -> frozenset[str]:
    """Read words of a vocabulary, in either language."""
    return frozenset(vocabulary.key_of(word) or _unknown(word, vocabulary) for word in words)


def _unknown(word: str, vocabulary: Vocabulary) -> str:
    vocabulary[word]  # raises, and lists those there are
    return word


def _moment(text: str, timezone: ZoneInfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ExportRefused(
            "“{value}” is not a date and time. Write it like 2026-03-01T08:30.", value=text[:80]
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone)


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = map(float, text.split(","))
    except ValueError:
        west, south, east, north = 1.0, 1.0, 0.0, 0.0
    if not (west <= east and south <= north):
        raise ExportRefused(
            "“{value}” is not a box. Give west,south,east,north in degrees, like 116.2,28.2,116.4,28.4.",
            value=text[:80],
        )
    return west, south, east, north
