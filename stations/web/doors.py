"""All doors of the house, hung into an app."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask

from stations.settings import Settings
from stations.web.api.changes import changes_door
from stations.web.api.lists import lists_door
from stations.web.api.nearest import NEAREST, NEAREST_HEADERS, nearest_answers, nearest_door
from stations.web.api.quick import Quick
from stations.web.api.stations import stations_door
from stations.web.basemap import read_base_map, shown_base_map
from stations.web.clients import Forwarded
from stations.web.coarse import coarse
from stations.web.desk.door import desk_door
from stations.web.deskwords import say_who
from stations.web.errors import answer_errors
from stations.web.finder.page import finder_door
from stations.web.finder.suggest import suggest_door
from stations.web.finder.tiles import tiles_door
from stations.web.headers import DATA_POLICY, HEADERS, PRIVATE_HEADERS, REFUSAL_POLICY, headers_for, protect
from stations.web.house import House
from stations.web.icons import icon
from stations.web.importing.door import importing_door
from stations.web.language import other_address, speak
from stations.web.limits import Limits
from stations.web.notices.door import notices_door
from stations.web.offline.shell import offline_door
from stations.web.params import Args, Known
from stations.web.people.door import people_door
from stations.web.photos.door import hang_photos
from stations.web.planning.answers import answers_door
from stations.web.planning.downloads import downloads_door
from stations.web.planning.findings import Findings
from stations.web.planning.page import planning_door
from stations.web.refusals import Refusals
from stations.web.rounds.door import rounds_door
from stations.web.rules import LaterBuilt
from stations.web.session import remember
from stations.web.sited import premises_on
from stations.web.siting.door import siting_door
from stations.web.sizes import Sizes, bound_forms, bound_numbers
from stations.web.station.page import station_door
from stations.web.station.poster import poster_door
from stations.web.station.saying import saying_door
from stations.web.station.sitemap import sitemap_door
from stations.web.stock.door import stock_door
from stations.web.who import guard
from stations.wording.credit import say_credit
from stations.wording.names import Names, who_one_may_be
from stations.wording.spoken import language

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def hang(app: Flask, house: House) -> None:
    """Hang every door into an app.

    Parameters
    ----------
    app
        With its folders ``templates`` and ``static`` set; ``translations`` lies beside them.
    house
        What the doors stand in front of.
    """
    base_map = read_base_map(house.settings)
    names = Names.read()
    known = Known(
        frozenset(names.modes if house.atlas is None else house.atlas.modes),
        frozenset(names.taxonomy.amenities.terms),
        house.zone,
        who_one_may_be(names.taxonomy),
        frozenset(() if house.atlas is None else house.atlas.layers),
        frozenset(names.taxonomy.hosts.terms),
        premises_on(house.atlas, names.taxonomy),
    )
    app.url_rule_class = LaterBuilt
    bound_numbers(app)
    speak(app, Path(app.root_path) / "translations")
    protect(app, base_map.host)
    answer_errors(app)
    remember(app, house)
    answer = nearest_answers(house, known)
    app.register_blueprint(nearest_door(answer))
    app.register_blueprint(stations_door(house))
    app.register_blueprint(changes_door(house))
    app.register_blueprint(lists_door(house, names.taxonomy))
    app.wsgi_app = behind_the_gate(app, house.settings, answer)  # type: ignore[method-assign, assignment]
    app.register_blueprint(finder_door(house, known, names))
    app.register_blueprint(suggest_door(house, names))
    app.register_blueprint(tiles_door(house))
    app.register_blueprint(station_door(house, known, names))
    if house.upkeep is not None:
        app.register_blueprint(saying_door(house, house.upkeep))
    app.register_blueprint(poster_door(house, names))
    app.register_blueprint(sitemap_door(house))
    app.register_blueprint(offline_door(house, names))
    findings = Findings(house, known)
    app.register_blueprint(planning_door(house, known, names, findings))
    app.register_blueprint(answers_door(house, known, names, findings))
    app.register_blueprint(downloads_door(findings, known, names))
    app.register_blueprint(siting_door(house, known, names))

    if house.people is not None:
        app.register_blueprint(people_door(house, house.people))
    if house.people is not None and house.desk is not None:
        app.register_blueprint(desk_door(house, house.desk, names))
    if house.people is not None and house.desk is not None and house.lists is not None:
        app.register_blueprint(importing_door(house, house.desk, house.lists, names))
    if house.people is not None and house.desk is not None and house.rounds is not None and house.photos is not None:
        app.register_blueprint(rounds_door(house, house.desk, house.rounds, house.photos, names))
    if house.photos is not None:
        hang_photos(app, house, house.photos, names)
    if house.notices is not None:
        app.register_blueprint(notices_door(house, house.notices))
    if house.people is not None and house.desk is not None and house.stock is not None:
        app.register_blueprint(stock_door(house, house.desk, house.stock, names))
    guard(app, house)
    app.add_template_global(icon)
    app.add_template_filter(coarse)
    app.add_template_filter(say_who)

    @app.context_processor
    def house_words() -> dict[str, Any]:
        return {
            "lang": language(),
            "other_language": other_address(),
            "demo": house.made_up,
            "digest": house.digest,
            "credit": say_credit(house.atlas),
            "base_map": shown_base_map(base_map, house),
            "staffed": house.people is not None,
            "osm": house.atlas is not None and not house.atlas.summary.made_up,
        }


def behind_the_gate(app: Flask, settings: Settings, answer: Callable[[Args], bytes]) -> WSGIApplication:
    """Put before an app what every request passes, in this order, before the framework is asked.

    Who asks; whether that is too often; whether it is of a size that can be meant; and whether it is the one question
    that is answered at once.
    """
    own = (("Content-Security-Policy", DATA_POLICY), *NEAREST_HEADERS)
    headers = {way: headers_for(NEAREST, over_https=way == "https") + own for way in ("http", "https")}
    quick = Quick(app.wsgi_app, NEAREST, answer, headers)
    page = Path(app.root_path) / "templates" / "base" / "refused.html"
    refusals = Refusals(page, (*HEADERS, *PRIVATE_HEADERS, ("Content-Security-Policy", REFUSAL_POLICY)))
    bound_forms(app)
    limits = Limits(Sizes(quick, refusals), refusals, settings.requests_per_minute, settings.reports_per_hour)
    return Forwarded(limits, settings.proxies)
