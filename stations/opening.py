"""Opening the house: what the settings name, and what its first visitors will need."""

from __future__ import annotations

import gc
import logging
import threading
from datetime import UTC, datetime

from flask import Flask
from werkzeug.test import Client

from geodata.atlas import HEAD, Atlas
from geodata.keeping import Keep
from stations.desk.desk import Desk
from stations.desk.lists import Lists
from stations.mail import Mail
from stations.notices.notices import Notices
from stations.notices.posting import Poster
from stations.notices.standing import Books
from stations.people.organisation import Organisation
from stations.people.people import People
from stations.photos.keeping import Photos
from stations.questions.reach import station_table
from stations.questions.search import SearchQuery, search
from stations.registry.log import Registry
from stations.rounds.rounds import Rounds
from stations.scenarios import Plans
from stations.settings import Settings
from stations.stock.items import load_items
from stations.stock.stock import Stock
from stations.upkeep.facts import Aspect
from stations.upkeep.saying import Upkeep
from stations.web.house import House
from stations.web.language import LOCALES
from stations.web.online import online_search

log = logging.getLogger("yizhan")


def open_house(settings: Settings) -> House:
    """Open what the settings name: the registry, and the atlas if one was built.

    Raises
    ------
    StationsError, GeodataError
        Settings, a registry or an atlas that cannot be used.
    """
    registry = Registry.open(settings.database, settings.timezone)
    atlas = open_atlas(settings)
    upkeep = Upkeep(registry.store, settings.timezone)
    plans, people = plans_in(settings, registry), people_in(settings, registry)
    online, desk = online_search(settings, atlas), desk_over(settings, registry)
    mail = Mail.from_settings(settings.mail.get_secret_value(), settings.mail_from)
    rounds = rounds_in(settings, registry)
    lists = Lists(registry.store, settings.lists_days)
    stock = stock_in(settings, registry)
    return House(
        settings,
        registry,
        atlas,
        upkeep,
        online,
        plans,
        people,
        desk,
        mail=mail,
        rounds=rounds,
        lists=lists,
        stock=stock,
        photos=Photos(registry.store),
        notices=notices_of(settings, desk, people, mail, Books(rounds, stock)),
        organisation=Organisation.from_settings(settings, people.clock),
    )


def notices_of(settings: Settings, desk: Desk, people: People, mail: Mail | None, books: Books) -> Notices:
    """Make what tells the staff, and programs of their areas, what is new."""
    poster = Poster(inside=settings.hooks_inside)
    zone = settings.timezone
    return Notices(desk, people, mail=mail, poster=poster, address=settings.address, zone=zone, books=books)


def rounds_in(settings: Settings, registry: Registry) -> Rounds:
    """Make what keeps inspections and their tasks."""
    return Rounds(registry.store, settings.inspect_days, settings.checklists)


def stock_in(settings: Settings, registry: Registry) -> Stock:
    """Make what keeps supplies, services and visits."""
    return Stock(registry.store, settings.timezone, load_items(settings.supplies))


def plans_in(settings: Settings, registry: Registry) -> Plans:
    """Open what is kept for planners beside the stations."""
    return Plans(registry.store, settings.timezone, settings.planning_key.get_secret_value(), desk=registry)


def desk_over(settings: Settings, registry: Registry) -> Desk:
    """Put the desk before the registry."""
    every = {
        Aspect.HOURS: settings.check_hours_days,
        Aspect.AMENITIES: settings.check_amenities_days,
        Aspect.POSITION: settings.check_position_days,
    }
    return Desk(registry, every)


def people_in(settings: Settings, registry: Registry) -> People:
    """Open what is kept of the staff beside the stations."""
    return People(registry.store, lambda: datetime.now(UTC), settings.secret.get_secret_value())


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
    """Work out what the first questions will need.

    The finder's templates are compiled and the words of both languages read, so that nobody waits for it who stands in
    the street. Other pages compile theirs when they are first asked for, some tenths of a second. What prints and draws
    files is left until then, too: it takes seconds to import, and much memory.
    """
    snapshot = house.snapshot()
    if house.atlas is not None:
        for mode in house.atlas.modes:
            table = station_table(snapshot, house.atlas, mode)
            _ = table.rows.site, table.sites.by_edge, house.atlas.network(mode).forward
    visitor = Client(app)
    for language in LOCALES:
        visitor.get("/", query_string={"lang": language}).close()


def read_names(house: House, *, after_s: float) -> None:
    """Make ready for being searched by name, a little later: nobody has typed a letter yet."""
    snapshot = house.snapshot()

    def read() -> None:
        search(SearchQuery("a"), snapshot, house.atlas)
        gc.freeze()

    reading = threading.Timer(after_s, read)
    reading.daemon = True
    reading.start()
