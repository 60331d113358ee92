"""Who comes in where: every address of the house, every role, every area; and the neighbour, who gets in nowhere."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Blueprint, Flask, session
from werkzeug.exceptions import NotFound

from stations.desk.desk import Desk
from stations.desk.listed import Asked
from stations.facts import Service
from stations.mail import Mail
from stations.notices.facts import Kind
from stations.notices.webaddress import WebAddress
from stations.people.facts import Action, By, Grant, Person, Role
from stations.people.organisation import Organisation
from stations.people.rights import areas_of, may, may_grant, may_manage, may_somewhere
from stations.photos.cleaning import cleaned
from stations.registry.log import Registry
from stations.rounds.facts import Answer, Sheet, State, Wish
from stations.rounds.rounds import Rounds
from stations.settings import Settings
from stations.stock.levels import Kind as Moving
from stations.stock.levels import Moved
from stations.stock.offers import Offer
from stations.stock.scope import Where
from stations.stock.stock import Stock
from stations.stock.visits import Entered, Source
from stations.upkeep.facts import Aspect, Sender
from stations.upkeep.saying import Upkeep
from stations.web.who import KEPT_IN, MYSELF, OPEN, STAFF, guard, need_of, needs
from tests.stations.photos.conftest import sent
from tests.town import SHANGHAI, signed_in

COUNTY, WEST, EAST, NEXT, CITY = "360681", "360681101", "360681102", "360682", "3606"
"""A county, its two townships, the county beside it, and the city of both."""

_OFFICER = """see_private propose edit settle_task record inspect approve import export_full undo plan_save plan_accept
manage_people see_audit set_notices"""

MAY = {
    "custodian": "see_private propose record",
    "clerk": "see_private propose edit settle_task record inspect",
    "officer": _OFFICER,
    "planner": "see_private export_full plan_save plan_accept",
    "administrator": _OFFICER,
}
"""What each role may do where it holds, written down once more on purpose."""

# What anybody may read. It shows public fields alone.
PUBLIC = """
/ /api/changes /api/nearest /api/search /api/stations /api/token /download/stations.csv /download/stations.geojson
/download/stations.gpkg /download/stations.xlsx /healthz /manifest.webmanifest /offline /pack.json /planning
/planning/answer.json /planning/coverage.csv /planning/coverage.geojson /planning/coverage.gpkg /planning/gaps.csv
/planning/gaps.geojson /planning/map.html /planning/map.png /planning/question.json /planning/reach.geojson
/planning/reach.png /planning/report /planning/report.pdf /planning/siting /planning/siting/answer.json
/planning/siting/candidates.geojson /planning/siting/compare /planning/siting/enter /planning/siting/map.html
/planning/siting/plan.csv /planning/siting/plan.geojson /planning/siting/plan.gpkg /planning/siting/plan.png
/planning/siting/plan.xlsx /planning/siting/progress.json /planning/siting/question.json
/planning/siting/reach.geojson /planning/siting/report /planning/siting/report.pdf /planning/townships.json
/photos/<name> /photos/small/<name>
/planning/workbook.xlsx /posters /robots.txt /s/<code> /s/<code>/poster /s/<code>/suggest /s/<code>/suggested/<mark>
/sitemap.xml /static/<path:filename> /sw.js
/tiles/<mark>/<int:z>/<int:x>/<int:y>.mvt
""".split()

# What anybody may send: hearsay, questions, and the key of a house without accounts.
HEARD = """
/s/<code>/confirm /s/<code>/report /s/<code>/suggest /s/<code>/visit /planning/siting/enter /planning/siting/leave
/planning/siting/list /planning/siting/search /planning/siting/stop
""".split()

# What needs a planner: `test_plan_with_accounts` has who may and where.
PLANNED = ("/planning/siting/save", "/planning/siting/remove", "/planning/siting/accept")

GATED = {
    "GET /desk/sign-in": "open",
    "POST /desk/sign-in": "open",
    "GET /desk/sign-in/code": "open",
    "POST /desk/sign-in/code": "open",
    "POST /desk/sign-out": "myself",
    "GET /desk/me": "myself",
    "POST /desk/me/password": "myself",
    "POST /desk/me/sessions/end": "myself",
    "POST /desk/me/mail": "staff",
    "GET /desk/me/mail": "staff",
    "POST /desk/me/mail/proof": "staff",
    "GET /desk/forgotten": "open",
    "POST /desk/forgotten": "open",
    "GET /desk/forgotten/choose": "open",
    "POST /desk/forgotten/choose": "open",
    "GET /desk/sign-in/organisation": "open",
    "GET /desk/sign-in/organisation/back": "open",
    "POST /desk/me/organisation": "staff",
    "POST /desk/me/organisation/off": "staff",
    "GET /desk/me/second-factor": "staff",
    "POST /desk/me/second-factor": "staff",
    "POST /desk/me/second-factor/off": "staff",
    "GET /desk/people": "manage_people somewhere",
    "POST /desk/people": "manage_people somewhere",
    "GET /desk/people/<login>": "manage_people there",
    "POST /desk/people/<login>/disable": "manage_people there",
    "POST /desk/people/<login>/enable": "manage_people there",
    "POST /desk/people/<login>/reset": "manage_people there",
    "POST /desk/people/<login>/mail": "manage_people there",
    "POST /desk/people/<login>/grant": "manage_people there",
    "POST /desk/people/<login>/revoke": "manage_people there",
    "GET /desk/audit": "see_audit somewhere",
    "GET /desk/notices": "see_private somewhere",
    "POST /desk/notices": "see_private somewhere",
    "POST /desk/notices/hooks": "set_notices somewhere",
    "GET /desk/notices/hooks/<int:hook>": "set_notices there",
    "POST /desk/notices/hooks/<int:hook>": "set_notices there",
    "POST /desk/notices/hooks/<int:hook>/again": "set_notices there",
    "GET /desk/lists": "import somewhere",
    "POST /desk/lists": "import somewhere",
    "GET /desk/lists/<int:number>": "import there",
    "GET /desk/lists/<int:number>/columns": "import there",
    "POST /desk/lists/<int:number>/columns": "import there",
    "POST /desk/lists/<int:number>/decide": "import there",
    "POST /desk/lists/<int:number>/take-in": "import there",
    "POST /desk/lists/<int:number>/undo": "undo there",
    "POST /desk/lists/<int:number>/drop": "import there",
    "GET /desk/lists/<int:number>/refused.xlsx": "import there",
    "GET /desk": "see_private somewhere",
    "GET /desk/stations": "see_private somewhere",
    "GET /desk/stations/<code>": "see_private there",
    "POST /desk/stations/<code>": "propose there",
    "POST /desk/stations/<code>/look": "propose there",
    "POST /desk/stations/<code>/checked": "propose there",
    "POST /desk/stations/<code>/restore": "undo there",
    "POST /desk/stations/<code>/settle": "settle_task there",
    "GET /desk/photos/<name>": "see_private there",
    "GET /desk/photos/small/<name>": "see_private there",
    "GET /desk/stations/<code>/photos": "see_private there",
    "POST /desk/stations/<code>/photos": "propose there",
    "POST /desk/stations/<code>/photos/arrange": "propose there",
    "POST /desk/stations/<code>/photos/<name>/show": "edit there",
    "POST /desk/stations/<code>/photos/<name>/erase": "edit there",
    "POST /desk/suggestions/<int:suggestion>": "edit there",
    "GET /desk/dots.json": "see_private somewhere",
    "POST /desk/stations/<code>/cell": "edit there",
    "POST /desk/stations/<code>/retire": "edit there",
    "GET /desk/stations/new": "edit somewhere",
    "POST /desk/stations/new": "edit somewhere",
    "POST /desk/stations/new/look": "edit somewhere",
    "GET /desk/bulk": "edit somewhere",
    "POST /desk/bulk": "edit somewhere",
    "GET /desk/stations.xlsx": "export_full somewhere",
    "GET /desk/stations.csv": "export_full somewhere",
    "GET /desk/stations.geojson": "export_full somewhere",
    "GET /desk/stations.gpkg": "export_full somewhere",
    "GET /desk/changes": "see_private somewhere",
    "GET /desk/changes/<int:number>": "see_private there",
    "POST /desk/changes/<int:number>/undo": "undo there",
    "POST /desk/changes/<int:number>/own": "edit somewhere",
    "GET /desk/supplies": "see_private somewhere",
    "GET /desk/supplies.xlsx": "see_private somewhere",
    "GET /desk/stations/<code>/supplies": "see_private there",
    "POST /desk/stations/<code>/supplies": "record there",
    "POST /desk/stations/<code>/supplies/targets": "edit there",
    "GET /desk/services": "see_private somewhere",
    "GET /desk/services.xlsx": "see_private somewhere",
    "GET /desk/services/new": "edit somewhere",
    "GET /desk/stations/<code>/services": "see_private there",
    "POST /desk/stations/<code>/services": "edit there",
    "GET /desk/services/<int:number>": "see_private there",
    "POST /desk/services/<int:number>": "edit there",
    "POST /desk/services/<int:number>/served": "record there",
    "GET /desk/visits": "see_private somewhere",
    "GET /desk/visits.xlsx": "see_private somewhere",
    "GET /desk/visits.csv": "see_private somewhere",
    "GET /desk/visits/enter": "record somewhere",
    "POST /desk/visits/enter": "record somewhere",
    "GET /desk/stations/<code>/visits": "see_private there",
    "POST /desk/stations/<code>/visits": "record there",
    "GET /desk/inspections": "see_private somewhere",
    "GET /desk/inspections/next": "inspect somewhere",
    "GET /desk/inspections/export.xlsx": "export_full somewhere",
    "GET /desk/inspections/sheet/<code>": "inspect there",
    "POST /desk/inspections/sheet/<code>": "inspect there",
    "GET /desk/inspections/<int:inspection>": "see_private there",
    "POST /desk/inspections/<int:inspection>/write": "edit there",
    "GET /desk/inspections/tasks": "see_private somewhere",
    "GET /desk/inspections/tasks/<int:task>": "see_private there",
    "POST /desk/inspections/tasks/<int:task>": "record there",
    "POST /desk/inspections/tasks/<int:task>/plan": "inspect there",
    "GET /desk/proposals": "see_private somewhere",
    "POST /desk/news": "see_private somewhere",
    "GET /desk/proposals/<int:number>": "see_private there",
    "POST /desk/proposals/<int:number>": "approve there",
    "POST /desk/proposals/<int:number>/withdraw": "propose there",
}
"""What one must be allowed, and where: there, where the thing is that the address names; or anywhere at all."""

THERE = sorted(name for name, need in GATED.items() if need.endswith(" there"))
VERBS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE")


@pytest.fixture(scope="module")
def house(open_house, upkeeps, town_stations, tmp_path_factory) -> Flask:
    """A house whose stations stand in the west, with an account in the west and a proposal for a station there."""
    registry = Registry.open(f"sqlite:///{tmp_path_factory.mktemp('rights') / 'town.db'}", SHANGHAI)
    at = datetime(2026, 11, 20, 2, tzinfo=UTC)
    registry.append([replace(one, township=WEST) for one in town_stations], what="import", who="import", at=at)
    registry.append([replace(registry.snapshot().station("A1"), seats=2)], what="edit", who="them", at=at)
    people = upkeeps.people()
    people.add("them", "他某", [Grant(Role.CLERK, WEST)], by=By("test"), must_change=False)
    desk = Desk(registry, dict.fromkeys(Aspect, 60))
    app = open_house(
        shelf=registry,
        people=people,
        desk=desk,
        upkeep=Upkeep(registry.store, SHANGHAI),
        settings=Settings(requests_per_minute=0, reports_per_hour=0, address="https://yizhan.example.org"),
        mail=Mail.from_settings("smtp://localhost?tls=none", "yizhan@example.org"),
        organisation=organisation(),
    )
    client = app.test_client()
    signed_in(client, "custodian", WEST, ("A1",), login="proposer")
    assert send(client, "POST", "/desk/stations/A1/checked", aspect="hours").status_code == 303
    by = {"sender": Sender("device", "10.0.0.1"), "at": at, "day": at.date()}
    desk.suggestions.suggest(registry.snapshot().station("A1"), revision=1, township=WEST, note="门在后面", **by)
    app.extensions[KEPT_IN].photos.keep(sent(64, 64), code="A1", township=WEST, who="them", at=at)
    there = WebAddress.read("https://hooks.example.org/west")
    listed = "code,name,lon,lat\nA1,近处驿站,116.3,28.3\n".encode()
    app.extensions[KEPT_IN].lists.keep("list.csv", listed, Asked(), area=WEST, who="them", at=datetime.now(UTC))
    fill_stock(app.extensions[KEPT_IN].stock, at)
    inspect(app.extensions[KEPT_IN].rounds, at)
    app.extensions[KEPT_IN].notices.hooks.add(WEST, there, Kind, by=By("test"))
    return app


def inspect(rounds: Rounds, at: datetime) -> None:
    """An inspection in the west that found the water wanting."""
    answers = {"water": Answer(State.NO)}
    sheet = Sheet("0" * 32, "A1", WEST, 1, rounds.checklist(), "them", at.date(), answers)
    rounds.send(sheet, wishes=[Wish("water", at.date())], judged={}, at=at)


def fill_stock(stock: Stock, at: datetime) -> None:
    """Something few, a service and some visits in the west."""
    place, day = Where("A1", WEST), at.date()
    facts = {"today": day, "who": "them", "at": at, "mark": ""}
    stock.supplies.enter(place, Moving.COUNT, [Moved("water", 0)], day=day, **facts)
    stock.services.put(
        place, Offer(Service(key="breakfast", hours="Mo-Su 06:30-08:30"), day), who="them", at=at, mark=""
    )
    stock.visits.enter([Entered(place, day, Source.DOOR, 40)], seen=0, **facts)


def organisation() -> Organisation:
    """One that says where its door is, and no more."""
    issuer, house = "https://id.example.org", "https://yizhan.example.org"
    itself = json.dumps({"issuer": issuer, "authorization_endpoint": f"{issuer}/in"}).encode()
    return Organisation(issuer, "yizhan", "", "工会", house, lambda: datetime.now(UTC), lambda url, **_: itself)


def send(client, verb: str, path: str, **fields: str):
    token = client.get("/api/token").json["token"]
    data = fields | {"csrf_token": token} if verb not in {"GET", "HEAD", "OPTIONS"} else None
    return client.open(path, method=verb, data=data)


def filled(rule: str) -> str:
    rule = rule.replace("<int:inspection>", "1").replace("<int:task>", "1")
    rule = rule.replace("<name>", cleaned(sent(64, 64)).name).replace("<int:suggestion>", "2")
    # The second batch touched that station alone.
    rule = rule.replace("/changes/<int:number>", "/changes/2")
    path = (
        rule.replace("<code>", "A1").replace("<login>", "them").replace("<int:number>", "1").replace("<int:hook>", "1")
    )
    assert "<" not in path, f"{rule}: what stands for it?"
    return path


def routes(app: Flask) -> set[str]:
    return {
        f"{verb} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for verb in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def covers(area: str, place: str) -> bool:
    return place.startswith(area)


def test_no_address_of_the_house_is_missing_here(house) -> None:
    table = {f"GET {one}" for one in PUBLIC} | {f"POST {one}" for one in (*HEARD, *PLANNED)} | GATED.keys()
    assert routes(house) - table == set(), "say here who may come there"
    assert table - routes(house) == set(), "gone, and still in the table"


def test_every_view_of_the_desk_asks_for_what_the_table_says(house) -> None:
    seen = set()
    for rule in house.url_map.iter_rules():
        for verb in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            if (name := f"{verb} {rule.rule}") in GATED:
                need = need_of(house, rule.endpoint)
                assert need is not None, name
                wide = {OPEN: "open", MYSELF: "myself", STAFF: "staff"}.get(need.about, "there")
                told = wide if need.action is None else f"{need.action} {'there' if wide == 'there' else 'somewhere'}"
                assert told == GATED[name], name
                seen.add(name)
    assert seen == GATED.keys()


def test_a_view_that_does_not_say_who_may_come_is_no_view(house) -> None:
    app = Flask("unguarded")
    app.add_url_rule("/desk/secret", view_func=lambda: "secret")
    with pytest.raises(RuntimeError, match="/desk/secret does not say who may come"):
        guard(app, house.extensions[KEPT_IN])


def test_a_view_is_not_there_where_nobody_guards() -> None:
    app = Flask("without")
    door = Blueprint("door", "door")
    door.get("/desk/x")(needs(None, OPEN)(lambda: "in"))
    app.register_blueprint(door)
    assert app.test_client().get("/desk/x").status_code == 404


@pytest.mark.parametrize("name", sorted(GATED))
def test_nobody_comes_in_without_signing_in(house, name) -> None:
    verb, rule = name.split()
    answer = send(house.test_client(), verb, filled(rule))
    if GATED[name] == "open":
        assert answer.status_code in {200, 303, 400}
    elif verb == "GET":
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/desk/sign-in")
        assert "A1" not in answer.text.replace(filled(rule), "")
    else:
        assert answer.status_code == 401


@pytest.mark.parametrize("name", sorted(GATED))
def test_no_form_is_taken_without_its_token(house, name) -> None:
    verb, rule = name.split()
    if verb == "POST":
        client = house.test_client()
        signed_in(client, "administrator", "", login="root")
        assert client.post(filled(rule), data={}).status_code == 403


AREAS = {"the township": WEST, "the county": COUNTY, "the city": CITY, "the township beside": EAST, "the next": NEXT}


@pytest.mark.parametrize("where", AREAS)
@pytest.mark.parametrize("role", [role for role in MAY if role != "custodian"])
def test_who_comes_to_what_lies_in_the_west(house, role, where) -> None:
    area = AREAS[where]
    client = house.test_client()
    signed_in(client, role, area, login=f"{role}-{area}")
    for name in THERE:
        verb, rule = name.split()
        action = GATED[name].split()[0]
        fits = action in MAY[role].split() and covers(area, WEST)
        if fits and verb == "POST":
            # What it changes is tried elsewhere; here, that the gate lets it in.
            assert let_in(client, verb, filled(rule)), f"{role} of {area}: {name}"
        else:
            answer = send(client, verb, filled(rule))
            assert answer.status_code == (200 if fits else 404), f"{role} of {area}: {name}"


def let_in(client, verb: str, path: str) -> bool:
    """Whether the gate lets somebody in, without doing what is behind it."""
    app = client.application
    with client.session_transaction() as kept:
        cookie = dict(kept)
    with app.test_request_context(path, method=verb):
        session.update(cookie)
        look = next(one for one in app.before_request_funcs[None] if one.__qualname__ == "guard.<locals>.look")
        try:
            return look() is None
        except NotFound:
            return False


@pytest.mark.parametrize(("area", "stations", "fits"), [
    (COUNTY, ("A1",), True),
    (WEST, ("A1", "A2"), True),
    (COUNTY, ("A2",), False),
    (NEXT, ("A1",), False),
    (EAST, ("A1",), False),
])  # fmt: skip
def test_a_custodian_comes_to_the_own_stations_alone(house, area, stations, fits) -> None:
    client = house.test_client()
    signed_in(client, "custodian", area, stations, login=f"keeper-{area}-{'-'.join(stations)}".lower())
    for name in THERE:
        verb, rule = name.split()
        action = GATED[name].split()[0]
        allowed = fits and action in MAY["custodian"].split()
        assert let_in(client, verb, filled(rule)) == allowed, name


def test_the_neighbour_gets_in_by_no_verb(house) -> None:
    client = house.test_client()
    signed_in(client, "officer", NEXT, login="neighbour")
    for name in THERE:
        path = filled(name.split()[1])
        for verb in VERBS:
            answer = send(client, verb, path)
            assert answer.status_code in {403, 404, 405}, f"{verb} {path}"
            assert "近处驿站" not in answer.text
            assert "他某" not in answer.text
            assert "hooks.example.org" not in answer.text


def test_the_neighbour_is_not_told_what_is_there(house) -> None:
    client = house.test_client()
    signed_in(client, "officer", NEXT, login="neighbour")
    for path, other in (
        ("/desk/stations/A1", "/desk/stations/A9"),
        ("/desk/people/them", "/desk/people/nobody"),
        ("/desk/proposals/1", "/desk/proposals/999"),
        ("/desk/inspections/1", "/desk/inspections/999"),
        ("/desk/inspections/tasks/1", "/desk/inspections/tasks/999"),
        ("/desk/inspections/sheet/A1", "/desk/inspections/sheet/A9"),
        (filled("/desk/photos/<name>"), f"/desk/photos/{'0' * 64}.jpg"),
        ("/desk/lists/1", "/desk/lists/999"),
        ("/desk/notices/hooks/1", "/desk/notices/hooks/999"),
        ("/desk/changes/2", "/desk/changes/999"),
    ):
        there, not_there = client.get(path), client.get(other)
        assert there.status_code == not_there.status_code == 404
        assert there.text.replace(path, "…") == not_there.text.replace(other, "…")


@pytest.mark.parametrize("number", [2**31, 2**63, 10**40])
def test_a_number_that_nothing_can_have_is_not_there(house, number) -> None:
    client = house.test_client()
    signed_in(client, "administrator", "", login="admin")
    for name in THERE:
        verb, rule = name.split(" ")[:2]
        path = re.sub(r"<int:\w+>", str(number), rule)
        if path != rule:
            assert send(client, verb, path).status_code in {404, 405}, path  # of an unknown path no verb is known


@pytest.mark.parametrize("role", [role for role in MAY if role != "custodian"])
def test_lists_hold_nothing_of_the_next_county(house, role) -> None:
    client = house.test_client()
    signed_in(client, role, NEXT, login=f"{role}-beside")
    for name, need in GATED.items():
        verb, rule = name.split()
        if verb == "GET" and need.endswith(("somewhere", "staff", "myself")):
            answer = client.get(rule)
            if need.endswith("somewhere") and need.split()[0] not in MAY[role].split():
                assert answer.status_code == 404, name
                continue
            assert answer.status_code == 200, name
            told = readable(answer.data)
            assert not re.search("hooks.example.org|近处驿站|不详驿站|他某|>them<|/desk/stations/A", told), name


def readable(body: bytes) -> str:
    """What a page says, or a file: a workbook is packed."""
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            body = b"".join(map(parts.read, parts.namelist()))
    return body.decode("utf-8", "replace")


def test_what_is_shown_follows_a_right_at_once(house) -> None:
    client, people = house.test_client(), house.extensions[KEPT_IN].people
    signed_in(client, "clerk", WEST, login="mover")
    assert client.get("/desk/stations/A1").status_code == 200
    people.revoke("mover", Role.CLERK, WEST, by=By("test"))
    assert client.get("/desk/stations/A1").status_code == 404
    people.grant("mover", Grant(Role.CLERK, WEST), by=By("test"))
    assert client.get("/desk/stations/A1").status_code == 200
    people.disable("mover", by=By("test"))
    assert client.get("/desk/stations/A1").status_code == 303
    people.enable("mover", by=By("test"))
    assert client.get("/desk/stations/A1").status_code == 303, "shut out is signed out, for good"


def test_a_password_of_somebody_elses_opens_nothing_but_ones_account(house) -> None:
    client, people = house.test_client(), house.extensions[KEPT_IN].people
    people.add("fresh", "新某", [Grant(Role.OFFICER, COUNTY)], by=By("test"))
    signed_in(client, "officer", login="fresh")
    for name, need in GATED.items():
        verb, rule = name.split()
        if need not in {"open", "myself"}:
            answer = send(client, verb, filled(rule))
            assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/me"), name


def test_pages_of_the_desk_are_kept_by_nobody(house) -> None:
    client = house.test_client()
    signed_in(client, "officer", COUNTY, login="officer-keeps")
    for name in GATED:
        verb, rule = name.split()
        if verb == "GET":
            assert client.get(filled(rule)).headers["Cache-Control"] == "no-store", name


def test_public_addresses_show_no_private_field_to_anybody(house) -> None:
    for path in ("/s/A1", "/api/stations?code=A1", "/download/stations.csv", "/api/changes"):
        answer = house.test_client().get(path)
        assert "王某" not in answer.text


# The table itself


def person(*grants: Grant, **options):
    return Person(1, "one", "一某", "zh", grants, **options)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_a_role_may_what_the_table_says_and_nothing_else(role, action) -> None:
    stations = frozenset({"A1"}) if role is Role.CUSTODIAN else frozenset()
    one = person(Grant(role, COUNTY, stations))
    fits = action.value in MAY[role.value].split()
    assert may(one, action, township=WEST, code="A1") == fits
    assert may_somewhere(one, action) == fits
    assert not may(one, action, township="360682101", code="A1")
    assert not may(one, action, township="", code="A1")
    assert not may(one, action, township=None, code="A1")
    assert not may(None, action, township=WEST, code="A1")
    for shut in (replace(one, disabled=True), replace(one, must_change=True)):
        assert not may(shut, action, township=WEST, code="A1")
        assert not may_somewhere(shut, action)
        assert areas_of(shut, action) == ()
    if role is Role.CUSTODIAN:
        assert not may(one, action, township=WEST, code="A2")
        assert not may(one, action, township=WEST, code=None)
        assert areas_of(one, action) == ()


def test_what_lies_nowhere_belongs_to_administrators_of_everywhere() -> None:
    everywhere, of_city = person(Grant(Role.ADMINISTRATOR)), person(Grant(Role.ADMINISTRATOR, CITY))
    assert may(everywhere, Action.EDIT, township="", code="A1")
    assert not may(of_city, Action.EDIT, township="", code="A1")


def test_nobody_gives_more_than_they_have() -> None:
    officer, root = person(Grant(Role.OFFICER, COUNTY)), person(Grant(Role.ADMINISTRATOR))
    assert may_grant(officer, Grant(Role.CLERK, WEST))
    assert may_grant(officer, Grant(Role.PLANNER, COUNTY))
    assert not may_grant(officer, Grant(Role.OFFICER, COUNTY))
    assert not may_grant(officer, Grant(Role.CLERK, CITY))
    assert not may_grant(officer, Grant(Role.CLERK, NEXT))
    assert not may_grant(officer, Grant(Role.ADMINISTRATOR, COUNTY))
    assert may_grant(root, Grant(Role.ADMINISTRATOR))
    assert not may_grant(person(Grant(Role.CLERK, COUNTY)), Grant(Role.CUSTODIAN, WEST, frozenset({"A1"})))
    assert not may_manage(officer, root)
    assert not may_manage(officer, officer)
    assert not may_manage(officer, person(Grant(Role.CLERK, WEST), Grant(Role.CLERK, NEXT)))
    assert not may_manage(officer, person()), "who was given nothing is an administrator's"
    assert may_manage(root, person())
