"""The people who come to the doors."""

from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.stations.web.reading import Element, read_page
from tests.town import A_FRIDAY, CORNER, atlas, made_up, open_house, town_stations, upkeeps

__all__ = ["atlas", "made_up", "open_house", "town_stations", "upkeeps"]


class Person:
    """Someone at the doors, with a browser that runs no script."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, /, **asked: object) -> TestResponse:
        query = urlencode({key: value for key, value in asked.items() if value is not None}, doseq=True)
        return self.client.get(f"{path}?{query}" if query else path, buffered=True)

    def see(self, path: str, /, *, status: int = 200, **asked: object) -> Element:
        answer = self.get(path, **asked)
        assert answer.status_code == status, answer.text[:300]
        return read_page(answer.text)


class Courier(Person):
    """Stands at the south-west corner on a Friday morning, unless said otherwise."""

    def ask(self, *, status: int = 200, **asked: object):
        answer = self.get("/api/nearest", **({"lon": CORNER[0], "lat": CORNER[1], "at": f"{A_FRIDAY}T10:00"} | asked))
        assert answer.status_code == status, answer.text[:300]
        return answer.json

    def find(self, *, status: int = 200, **asked: object) -> Element:
        here = {"where": f"{CORNER[0]}, {CORNER[1]}", "at": f"{A_FRIDAY}T10:00"}
        return self.see("/", status=status, **(here | asked))


@pytest.fixture
def courier(open_house) -> Courier:
    return Courier(open_house().test_client())


@pytest.fixture
def planner(open_house) -> Person:
    return Person(open_house().test_client())
