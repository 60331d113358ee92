"""Yizhan: rest stations for outdoor workers. The app is made here, from the settings, the registry and the atlas."""

from __future__ import annotations

import gc
import logging
import os
import re
import sys
from functools import cache
from pathlib import Path

import click
from flask import Flask
from flask.cli import FlaskGroup
from werkzeug.test import Client

from geodata.atlas import HEAD, Atlas
from geodata.errors import AtlasError, GeodataError
from geodata.keeping import Keep
from stations.commands.atlas import atlas_commands, demo_commands
from stations.commands.demand import demand_commands
from stations.commands.questions import question_commands
from stations.commands.registry import registry_commands
from stations.commands.stations import station_commands
from stations.commands.upkeep import upkeep_commands
from stations.errors import StationsError
from stations.questions.reach import station_table
from stations.questions.search import SearchQuery, search
from stations.registry.log import Registry
from stations.settings import Settings
from stations.upkeep.saying import Upkeep
from stations.web import House, hang
from stations.web.language import LOCALES, speak
from stations.web.online import online_search

ALLOCATIONS_BETWEEN_COLLECTIONS = 20_000
log = logging.getLogger("yizhan")


def create_app(settings: Settings | None = None) -> Flask:
    """Make the app.

    Parameters
    ----------
    settings
        How it is set up; by default as the environment says.

    Raises
    ------
    StationsError, GeodataError
        Settings, a registry or an atlas that cannot be used.
    click.ClickException, SystemExit
        The same, as a message to whoever started ``flask`` or a server, where the environment gives the settings.
    """
    if settings is None:
        command = flask_command()
        try:
            return make_app(Settings.from_environment(os.environ), command)
        except (StationsError, GeodataError) as error:
            if command:
                raise click.ClickException(str(error)) from None
            sys.exit(f"Yizhan cannot start. {error}")
    return make_app(settings, flask_command())


def make_app(settings: Settings, command: str) -> Flask:
    """Make the app for a server, or for a command of ``flask``; most need no more than the commands themselves."""
    app = Flask(__name__)
    add_commands(app, settings)
    if command in {"", "run"}:
        logging.getLogger("werkzeug").addFilter(without_question)
        house = open_house(settings)
        hang(app, house)
        warm(app, house)
    else:
        speak(app, Path(app.root_path) / "translations")
    return app


def without_question(record: logging.LogRecord) -> bool:
    """Take out of what ``flask run`` logs of a request what was asked: it holds where a person is."""
    record.msg, record.args = re.sub(r"\?\S*", "", record.getMessage()), ()
    return True


def flask_command() -> str:
    """The command of ``flask`` that is being run; empty when it is a server or a test that makes the app."""
    context = click.get_current_context(silent=True)
    if context is None or not isinstance(context.find_root().command, FlaskGroup):
        return ""
    return context.info_name or ""


def open_house(settings: Settings) -> House:
    """Open what the settings name: the registry, and the atlas if one was built."""
    registry = Registry.open(settings.database, settings.timezone)
    atlas = open_atlas(settings)
    upkeep = Upkeep(registry.store, settings.timezone)
    return House(settings, registry, atlas, upkeep, online_search(settings, atlas))


def open_atlas(settings: Settings) -> Atlas | None:
    """Load the atlas that the settings name; None where there is none.

    Raises
    ------
    AtlasError
        There is one, but it is damaged or of another format.
    """
    folder = settings.atlas
    if not (folder / HEAD).exists():
        log.warning("no atlas in %s: times are estimates by straight line", folder.name)
        return None
    return Atlas.load(folder, Keep(settings.kept or folder.parent / "kept"))


def warm(app: Flask, house: House) -> None:
    """Work out what the first questions will need, and leave what was loaded out of later garbage collections.

    Templates are compiled and the words of both languages read, so that nobody waits for it who stands in the street.

    What prints and draws files is left until somebody asks for one: it takes seconds to import, and much memory. An
    answer makes some hundreds of small objects and no cycles, so collections may be far apart.
    """
    snapshot = house.snapshot()
    search(SearchQuery("a"), snapshot, house.atlas)
    if house.atlas is not None:
        for mode in house.atlas.modes:
            table = station_table(snapshot, house.atlas, mode)
            _ = table.rows.site, table.sites.by_edge, house.atlas.network(mode).forward
    for template in app.jinja_env.list_templates(extensions=["html"]):
        app.jinja_env.get_template(template)
    visitor = Client(app)
    for language in LOCALES:
        visitor.get("/", query_string={"lang": language}).close()
    gc.collect()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS_BETWEEN_COLLECTIONS)


def add_commands(app: Flask, settings: Settings) -> None:
    """Add the commands; each opens what it needs when it runs, so that one can build what is missing or damaged."""

    @cache
    def registry() -> Registry:
        return Registry.open(settings.database, settings.timezone)

    @cache
    def house() -> House:
        return House(settings, registry(), open_atlas(settings))

    def atlas() -> Atlas | None:
        try:
            return open_atlas(settings)
        except AtlasError as error:
            raise click.ClickException(str(error)) from None

    app.cli.add_command(atlas_commands())
    app.cli.add_command(demo_commands(settings, registry))
    app.cli.add_command(demand_commands(settings))
    app.cli.add_command(registry_commands(settings))
    app.cli.add_command(station_commands(registry, settings.timezone, atlas))
    app.cli.add_command(upkeep_commands(registry, settings.timezone))
    for command in question_commands(house):
        app.cli.add_command(command)
