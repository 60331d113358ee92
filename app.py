"""Yizhan: rest stations for outdoor workers. The app is made here, from the settings, the registry and the atlas."""

from __future__ import annotations

import gc
import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import click
from flask import Flask
from flask.cli import FlaskGroup

from geodata.errors import AtlasError, GeodataError
from stations.errors import StationsError
from stations.settings import Settings

if TYPE_CHECKING:
    from geodata.atlas import Atlas
    from stations.notices.notices import Notices
    from stations.people.people import People
    from stations.registry.log import Registry
    from stations.web.house import House

ALLOCATIONS_BETWEEN_COLLECTIONS = 20_000
SEARCHED_S = 1.0
"""Seconds after its start at which a server makes ready for being searched by name."""
BEGINS_S = 5.0
"""Seconds after its start at which a server looks whether there are notices to send."""


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
    with nothing_collected():
        from stations.web.compiled import BesideTemplates

        app = Flask(__name__)
        app.jinja_env.bytecode_cache = BesideTemplates()
        if command:
            add_commands(app, settings)
        if command in {"", "run"}:
            logging.getLogger("werkzeug").addFilter(without_question)
            serve(app, settings)
        else:
            from stations.web.language import speak

            speak(app, Path(app.root_path) / "translations")
    return app


@contextmanager
def nothing_collected() -> Iterator[None]:
    """Look for no garbage while the app is made, and leave what was made out of later looks.

    What is imported and made here stays, so to look through it again and again is a tenth of the start in vain.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def serve(app: Flask, settings: Settings) -> None:
    """Open the house and hang its doors into the app.

    The doors are imported here, for most commands have no use for them.
    """
    from stations.notices.clockwork import in_the_background
    from stations.opening import open_house, read_names, warm
    from stations.web.doors import hang

    house = open_house(settings)
    hang(app, house)
    warm(app, house)
    read_names(house, after_s=SEARCHED_S)
    if house.notices is not None and settings.notices == "here":
        in_the_background(house.notices, after_s=BEGINS_S)
    # An answer makes some hundreds of small objects and no cycles, so collections may be far apart.
    gc.set_threshold(ALLOCATIONS_BETWEEN_COLLECTIONS)


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


def add_commands(app: Flask, settings: Settings) -> None:
    """Add the commands; each opens what it needs when it runs, so that one can build what is missing or damaged.

    A server has no use for them, and does not import what they import.
    """
    from stations.commands.atlas import atlas_commands, demo_commands
    from stations.commands.demand import demand_commands
    from stations.commands.notices import notice_commands
    from stations.commands.people import people_commands
    from stations.commands.questions import question_commands
    from stations.commands.registry import registry_commands
    from stations.commands.stations import station_commands
    from stations.commands.upkeep import upkeep_commands
    from stations.mail import Mail
    from stations.notices.standing import Books
    from stations.opening import desk_over, notices_of, open_atlas, people_in, plans_in, rounds_in, stock_in
    from stations.registry.log import Registry
    from stations.web.house import House

    @cache
    def registry() -> Registry:
        return Registry.open(settings.database, settings.timezone)

    @cache
    def house() -> House:
        return House(settings, registry(), open_atlas(settings), plans=plans_in(settings, registry()))

    def people() -> People:
        return people_in(settings, registry())

    def notices() -> Notices:
        mail = Mail.from_settings(settings.mail.get_secret_value(), settings.mail_from)
        books = Books(rounds_in(settings, registry()), stock_in(settings, registry()))
        return notices_of(settings, desk_over(settings, registry()), people(), mail, books)

    def atlas() -> Atlas | None:
        try:
            return open_atlas(settings)
        except AtlasError as error:
            raise click.ClickException(str(error)) from None

    app.cli.add_command(atlas_commands())
    app.cli.add_command(demo_commands(settings, registry, people))
    app.cli.add_command(demand_commands(settings))
    app.cli.add_command(registry_commands(settings))
    app.cli.add_command(station_commands(registry, settings.timezone, atlas))
    app.cli.add_command(upkeep_commands(registry, settings.timezone))
    app.cli.add_command(people_commands(people, settings.timezone))
    app.cli.add_command(notice_commands(notices))
    for command in question_commands(house):
        app.cli.add_command(command)
