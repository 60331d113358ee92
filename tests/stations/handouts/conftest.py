"""A report of the small town, in either language."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date

import pytest
from flask import Flask
from flask_babel import force_locale

from stations.commands.asking import known_to
from stations.handouts.report import Report
from stations.settings import Settings
from stations.web.house import House
from stations.web.language import LOCALES
from stations.web.planning.findings import Findings
from stations.web.planning.reports import order, report_of
from stations.wording.names import Names
from tests.town import A_FRIDAY, Shelf, atlas, corner, made_up, open_house, town_stations, upkeeps

__all__ = ["atlas", "made_up", "open_house", "town_stations", "upkeeps"]

DAY = date.fromisoformat(A_FRIDAY)
NEW = corner(4, 3)
SUPPOSED = {"minutes": ["5"], "add": [f"{NEW.lon},{NEW.lat},=SUM(A1);24/7"], "close": ["A4"]}
"""A station more, with a name that would be a formula, and one less."""

Tell = Callable[..., Report]


@pytest.fixture(scope="session")
def house_app(open_house) -> Flask:
    return open_house()


@pytest.fixture(scope="session")
def speaking(house_app) -> Callable[[str], object]:
    """Speak a language for a while."""

    @contextmanager
    def speak(language: str) -> Iterator[None]:
        with house_app.app_context(), force_locale(LOCALES[language]):
            yield

    return speak


@pytest.fixture(scope="session")
def tell(atlas, town_stations, speaking) -> Tell:
    """Put a report together; its tables are in the language that is spoken when they are first looked at."""

    def told(args: Mapping[str, Sequence[str]] | None = None, language: str = "zh") -> Report:
        house, args = House(Settings(), Shelf(town_stations), atlas), args or {"minutes": ["5"]}
        known, names, findings = known_to(house), Names.read(), Findings(house, known_to(house))
        with speaking(language):
            wanted = order(findings, args, known, names, DAY, language)
            report = report_of(findings, wanted, args, known, names)
            _ = report.tables, report.about, report.scene
            return report

    return told


@pytest.fixture(scope="session")
def report(tell) -> Report:
    return tell()


@pytest.fixture(scope="session")
def supposed(tell) -> Report:
    return tell(SUPPOSED)
