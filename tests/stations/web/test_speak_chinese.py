"""People read Chinese first, and English if they ask for it."""

import ast
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask_babel import force_locale

from geodata.gazetteer import NearbyName
from stations.commands import previewing, speaking, upkeep
from stations.hours import OUT_OF_SEASON, SELF_SERVICE, State
from stations.questions.nearest import Found, Reason, Why
from stations.web import words
from stations.web.faultwords import speaker
from stations.web.language import LOCALES
from stations.web.messages import read_messages
from stations.wording import figures
from stations.wording.names import Names
from tests.town import PROJECT, SHANGHAI

CATALOGUE = PROJECT / "translations" / "zh_Hans" / "LC_MESSAGES" / "messages.po"
SHOWN = {
    "PositionError",
    "OffStreetError",
    "UnknownModeError",
    "LayerError",
    "BadParameter",
    "SayingError",
    "UnknownTaskError",
    "QuestionError",
    "WhatIfError",
    "SitingError",
    "InfeasibleError",
    "ScenarioError",
    "UnknownScenarioError",
    "NotAllowedError",
    "ListError",
    "UnknownListError",
    "PeopleError",
    "RoundError",
    "UnknownRoundError",
    "OrganisationError",
    "UnknownPersonError",
    "TooOftenError",
    "EntryError",
    "ProposalError",
    "UnknownProposalError",
    "NoticeError",
    "NobodyError",
    "UnknownHookError",
    "PostError",
    "MailError",
    "PhotoError",
    "StockError",
    "StaleStock",
    "UnknownServiceError",
}
"""Errors whose words the doors show."""


@pytest.fixture(scope="module")
def catalogue():
    with CATALOGUE.open("rb") as source:
        return read_po(source, locale="zh_Hans")


def extracted() -> set[object]:
    keywords = {"ngettext": (1, 2), "BadParameter": (3,)} | dict.fromkeys(
        ("_", "gettext", "lazy_gettext", "AtlasError", "BusyError")
    )
    found: set[object] = set()
    for folder, method in (
        ("stations/web", "python"),
        ("stations/wording", "python"),
        ("stations/handouts", "python"),
        ("stations/commands", "python"),
        ("templates", "jinja2"),
    ):
        patterns = (
            [("**.py", method)]
            if method == "python"
            else [(f"**.{form}", "jinja2.ext:babel_extract") for form in ("html", "txt")]
        )
        found |= {
            message for _, _, message, _, _ in extract_from_dir(str(PROJECT / folder), patterns, keywords=keywords)
        }
    return found


def templates_of_errors() -> set[str]:
    """Every text that an error shown by the doors is raised with, either branch of a choice."""
    found: set[str] = set()
    paths = [
        *(PROJECT / "geodata").rglob("*.py"),
        *(STATIONS / "questions").rglob("*.py"),
        *(STATIONS / "upkeep").rglob("*.py"),
        *(STATIONS / "scenarios").rglob("*.py"),
        *(STATIONS / "people").rglob("*.py"),
        *(STATIONS / "web" / "people").rglob("*.py"),
        *(STATIONS / "desk").rglob("*.py"),
        *(STATIONS / "notices").rglob("*.py"),
        *(STATIONS / "web" / "notices").rglob("*.py"),
        STATIONS / "mail.py",
        *(STATIONS / "web" / "desk").rglob("*.py"),
        *(STATIONS / "photos").rglob("*.py"),
        *(STATIONS / "rounds").rglob("*.py"),
        *(STATIONS / "web" / "rounds").rglob("*.py"),
        *(STATIONS / "stock").rglob("*.py"),
        *(STATIONS / "web" / "stock").rglob("*.py"),
        *(STATIONS / "web" / "photos").rglob("*.py"),
        STATIONS / "web" / "station" / "saying.py",
        *(STATIONS / "web" / "siting").rglob("*.py"),
    ]
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", "")
            if name in SHOWN and node.args:
                # Before its words, a `BadParameter` has what is at fault.
                words = node.args[2] if name == "BadParameter" else node.args[0]
                found |= {
                    part.value
                    for part in ast.walk(words)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                }
    return found


STATIONS = PROJECT / "stations"
WITH_SENTENCES = [
    *(STATIONS / "exchange").rglob("*.py"),
    *(STATIONS / "phrases").rglob("*.py"),
    *(STATIONS / "hours").rglob("*.py"),
    STATIONS / "station.py",
    STATIONS / "desk" / "taking.py",
    STATIONS / "desk" / "trying.py",
    STATIONS / "web" / "importing" / "hall.py",
    *(
        STATIONS / "registry" / f"{name}.py"
        for name in ("comparing", "faults", "past", "serverfaults", "snapshot", "undoing")
    ),
]
"""Where what is said of a list, or of a change to the registry, stands."""

SENTENCE = re.compile(r"[A-Z“{][^\n]*[A-Za-z]{2}[^\n]* [^\n]*[^ ][.?]")


def sentences() -> set[str]:
    """Every sentence in those modules that is not for whoever runs the program, or written in both languages."""
    found: set[str] = set()
    for path in WITH_SENTENCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        skipped: set[ast.AST] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Expr):
                skipped |= {node.value} if isinstance(node.value, ast.Constant) else set()
            elif isinstance(node, ast.Tuple):
                skipped |= {part for part in node.elts if isinstance(part, ast.Constant)}
            elif isinstance(node, ast.JoinedStr) or getattr(getattr(node, "func", None), "id", "") == "TaxonomyError":
                skipped |= set(ast.walk(node))
        found |= {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and node not in skipped
            and isinstance(node.value, str)
            and SENTENCE.fullmatch(node.value)
        }
    return found


def said_of_facts() -> set[str]:
    """What the facts of a station say of themselves, when they are refused."""
    tree = ast.parse((STATIONS / "facts.py").read_text(encoding="utf-8"))
    return {
        node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and getattr(node.targets[0], "id", "") == "message"
        and isinstance(node.value.value, str)
    }


def said_at_the_command_line() -> set[str]:
    """What importing says: first arguments of ``say`` and the like, either branch of a choice, and what they name."""
    found: set[str] = {*previewing.HEADINGS, *previewing.COUNTED.values(), *map(str, previewing.COUNTED)}
    for listed in (upkeep.TASKS, upkeep.REPORTS, upkeep.VISITS):
        found |= {*listed.heads.values(), listed.none}
    for name in ("commands/importing", "commands/previewing", "web/faultwords", "commands/upkeep"):
        tree = ast.parse((STATIONS / f"{name}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            parts: Sequence[ast.AST] = ()
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say":
                parts = list(ast.walk(node.args[0]))
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"tell_faults", "ImportRefused"}:
                parts = node.args
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in {"hint", "template", "alike"}:
                parts = [node.value]
            found |= {part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)}
    return found


def credits_of_providers() -> set[str]:
    """Whose a provider's map is, as `read_base_map` names it."""
    tree = ast.parse((STATIONS / "web" / "basemap.py").read_text(encoding="utf-8"))
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return {text for text in texts if text.startswith("©")}


@cache
def everything() -> set[object]:
    """Every message that must have its Chinese."""
    found = extracted() | credits_of_providers() | templates_of_errors() | sentences() | said_at_the_command_line()
    return found | {*speaking.FAULTS, *speaking.WORDS}


def test_reasons_of_facts_are_among_those_that_are_translated():
    assert said_of_facts() <= set(speaking.FAULTS)


def test_every_message_has_its_chinese(catalogue):
    wanted = everything()
    assert len(wanted) > 120
    missing = {message for message in wanted if not (catalogue.get(message) and catalogue.get(message).string)}
    assert not missing


def test_no_message_is_left_over(catalogue):
    wanted = everything()
    assert not {message.id for message in catalogue if message.id} - wanted


NOT_REPEATED = {
    "Input should be a valid date or datetime, {why}",
    "Input should be a valid date in the format YYYY-MM-DD, {why}",
    "String should match pattern '{pattern}'",
    "Dictionary should have at most {most} items after validation, not {count}",
    "Tuple should have at most {most} items after validation, not {count}",
}
"""Words of a library whose values say nothing to a clerk."""


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"(?<!%)\{\w+\}", text))


def test_the_catalogue_is_read_as_babel_reads_it(catalogue) -> None:
    known: dict[str, str] = {}
    for message in catalogue:
        one, said = (text if isinstance(text, str) else text[0] for text in (message.id, message.string))
        known |= {one: said} if one and said else {}
    assert read_messages(CATALOGUE.read_text(encoding="utf-8")) == known


def test_a_translation_fills_in_the_same_values(catalogue):
    for message in catalogue:
        if message.id:
            assert not list(message.check(catalogue)), message.id
            if message.id in NOT_REPEATED:
                continue
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            assert placeholders(ids[-1]) == placeholders(texts[-1]), message.id


@pytest.mark.parametrize(
    ("accepts", "language"),
    [
        (None, "zh-Hans"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("en-GB,zh;q=0.1", "zh-Hans"),
        ("en-GB,en;q=0.9", "en"),
        ("de,en;q=0.5", "en"),
        ("de", "zh-Hans"),
        ("*", "zh-Hans"),
        ("\x00;q=oops", "zh-Hans"),
    ],
)
def test_chinese_first_then_what_the_browser_prefers(planner, accepts, language):
    answer = planner.client.get("/", headers={"Accept-Language": accepts} if accepts else {})
    assert f'<html lang="{language}">' in answer.text


def test_a_choice_is_kept_and_can_be_taken_back(planner):
    assert '<html lang="zh-Hans">' in planner.get("/").text
    assert '<html lang="en">' in planner.get("/", lang="en").text
    assert '<html lang="en">' in planner.get("/planning").text
    assert '<html lang="zh-Hans">' in planner.get("/", lang="zh").text
    assert '<html lang="zh-Hans">' in planner.get("/planning").text
    assert '<html lang="zh-Hans">' in planner.get("/", lang="tlh").text


def test_the_switch_keeps_the_question(planner):
    page = planner.see("/planning", minutes=10, amenity=["water", "microwave"])
    address = page.one("a", class_="tongue").attributes["href"]
    assert address == "/planning?minutes=10&amenity=water&amenity=microwave&lang=en"


@pytest.fixture
def reader(open_house):
    """Have words put in a language."""
    app = open_house()

    def read(language, say, *args):
        with app.test_request_context(), force_locale(LOCALES[language]):
            return say(*args)

    return read


@pytest.mark.parametrize(
    ("metres", "zh", "en"),
    [
        (3, "10 米", "10 m"),
        (421, "420 米", "420 m"),
        (994, "990 米", "990 m"),
        (995, "1.0 公里", "1.0 km"),
        (12345, "12.3 公里", "12.3 km"),
    ],
)
def test_distances(reader, metres, zh, en):
    assert reader("zh", figures.say_metres, metres) == zh
    assert reader("en", figures.say_metres, metres) == en


@pytest.mark.parametrize(("seconds", "minutes"), [(0, 1), (1, 1), (60, 1), (60.5, 2), (180, 3), (899.9, 15)])
def test_minutes_are_rounded_up_so_that_nobody_comes_late(seconds, minutes):
    assert figures.minutes_of(seconds) == minutes


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(0, 10, "0%"), (10, 10, "100%"), (1, 3, "33.3%"), (9999.99, 10000, "99.9%"), (0.001, 10000, "0.1%"), (1, 0, "–")],
)
def test_a_share_never_reads_as_all_or_none_when_it_is_not(reader, part, whole, said):
    assert reader("zh", figures.say_share, part, whole) == said


def test_amounts_of_demand(reader):
    assert reader("zh", figures.say_demand, 27400.0, "metres of street") == "27.4 公里街道"
    assert reader("en", figures.say_demand, 1.0, "people") == "1 person"
    assert reader("en", figures.say_demand, 12345.0, "people") == "12,345 people"
    assert reader("zh", figures.say_amount, 12345.0, "people") == "12,345"


NAMES = Names.read()
NOW = datetime(2026, 11, 20, 22, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("later", "zh", "en"),
    [
        (timedelta(hours=1), "23:00", "23:00"),
        (timedelta(hours=10), "明天 08:00", "tomorrow 08:00"),
        (timedelta(days=2, hours=10), "周一 08:00", "Mon 08:00"),
        (timedelta(days=12), "2026年12月2日 22:00", "Dec 2, 2026 22:00"),
    ],
)
def test_moments(reader, later, zh, en):
    wall = words.Wall.at(NOW, SHANGHAI)
    assert reader("zh", wall.reads, NOW + later) == zh
    assert reader("en", wall.reads, NOW + later) == en


def test_midnight_is_24_hours_on_the_door(reader):
    wall = words.Wall.at(NOW, SHANGHAI)
    assert reader("zh", wall.reads_until, NOW + timedelta(hours=2)) == "24:00"


def test_every_reason_has_its_sentence(reader):
    wall = words.Wall.at(NOW, SHANGHAI)
    values = {"opens_at": None, "closes_at": NOW.isoformat(), "early_s": 130.0, "amenity": "water", "minutes": 15.0}
    values |= {"eligible": "couriers,drivers"}
    said = {why: reader("en", words.say_reason, Reason(why, values), "", wall, NAMES) for why in Why}
    assert said == {
        "closed": "Closed when you arrive",
        "closing": "Closes 22:00, 3 minutes before you get there",
        "not_for": "Only for: Couriers, Drivers",
        "lacks": "Does not have: Drinking water",
        "not_known": "Not known whether it has: Drinking water",
        "too_far": "Farther than 15 min",
        "no_way": "No way along the streets is known; the time is an estimate",
    }


def test_what_one_finds_on_arrival(reader, make_station):
    wall = words.Wall.at(NOW, SHANGHAI)

    def found(state, until=None, because=""):
        return Found(make_station(), 60.0, 66.7, "street", state, until, because)

    assert reader("en", words.say_arrival, found(State.OPEN, NOW), wall) == "Open until 22:00"
    assert reader("en", words.say_arrival, found(State.OPEN), wall) == "Open around the clock"
    assert reader("en", words.say_arrival, found(State.UNKNOWN), wall) == "Opening hours not known"
    assert reader("en", words.say_arrival, found(State.CLOSED), wall) == "Closed when you arrive"
    alone = found(State.OPEN, NOW, SELF_SERVICE)
    assert reader("en", words.say_arrival, alone, wall) == "Open until 22:00 (without staff)"
    unsure = found(State.UNKNOWN, None, "calendar for 2027 not announced")
    assert reader("zh", words.say_arrival, unsure, wall) == "不能确定是否开放：2027 年放假安排尚未公布"
    assert reader("en", words.say_arrival, found(State.UNKNOWN, None, "call first"), wall).endswith(": call first")


def test_why_a_door_is_closed_is_said(reader):
    wall = words.Wall.at(NOW, SHANGHAI)
    closed = Reason(Why.CLOSED, {"opens_at": None})
    assert reader("zh", words.say_reason, closed, "装修", wall, NAMES) == "到的时候没开门（装修）"
    assert (
        reader("en", words.say_reason, closed, OUT_OF_SEASON, wall, NAMES)
        == "Closed when you arrive (not one of its days)"
    )
    lacks = Reason(Why.LACKS, {"amenity": "water"})
    assert reader("en", words.say_reason, lacks, "装修", wall, NAMES) == "Does not have: Drinking water"


def test_places_are_called_in_the_readers_language(reader):
    near = NearbyName("柳村", "Liucun", 1200.0, 45.0)
    assert reader("zh", figures.say_place, near) == "柳村东北1.2公里"
    assert reader("en", figures.say_place, near) == "1.2 km NE of Liucun"
    assert reader("zh", figures.say_place, None) == "（附近无地名）"


def test_icons_that_the_pages_use_are_asked_for():
    asked = (PROJECT / "static" / "icons.txt").read_text(encoding="utf-8").split()
    assert asked == sorted(set(asked))
    used = {
        name
        for path in (PROJECT / "templates").rglob("*.html")
        for name in re.findall(r'icon\("([a-z0-9-]+)"', path.read_text(encoding="utf-8"))
    }
    assert used <= set(asked)


def test_a_word_that_is_none_is_answered_with_the_words_before_their_keys():
    values = {"value": "半开", "vocabulary": "statuses", "known": "planned (拟建), active (在用)"}
    template = "“{value}” is not one of the {vocabulary}. Write one of: {known}."
    assert "拟建（planned）, 在用（active）" in speaker("zh")(template, values)
    assert "planned (拟建)" in speaker("en")(template, values)
