"""Two processes serve one house: what somebody saves at one, the other shows them next."""

from dataclasses import replace
from datetime import UTC, datetime
from secrets import token_hex

import pytest
from flask.testing import FlaskClient

from stations.desk.desk import Desk
from stations.registry.log import Registry
from stations.settings import Settings
from stations.upkeep.facts import Aspect
from stations.web.session import COOKIE
from tests.town import SHANGHAI, signed_in, token_of


def carry_over(one: FlaskClient, other: FlaskClient) -> None:
    """The next request of a browser goes to the other worker, with the cookies that it has now."""
    kept = one.get_cookie(COOKIE)
    assert kept is not None
    other.set_cookie(COOKIE, kept.value)


@pytest.fixture
def workers(open_house, upkeeps, town_stations, tmp_path):
    """Two that serve the same house, each with its registry; neither looks for others' edits by the clock."""
    people, opened = upkeeps.people(), []
    settings = Settings(requests_per_minute=0, secret=token_hex(32))
    for _ in range(2):
        registry = Registry.open(f"sqlite:///{tmp_path / 'registry.db'}", SHANGHAI, clock=lambda: 0.0)
        desk = Desk(registry, dict.fromkeys(Aspect, 60))
        app = open_house(shelf=registry, desk=desk, people=people, settings=settings)
        opened.append((app.test_client(), registry))
    placed = [replace(one, township="360681101") for one in town_stations]
    opened[0][1].append(placed, what="import", who="import", at=datetime.now(UTC))
    opened[1][1].renew()
    yield opened
    for _, registry in opened:
        registry.close()


THERE = "/desk/stations/A1"


def form_of(client: FlaskClient, registry: Registry, phone: str) -> dict[str, str]:
    """The form of the station as it stands, filled in."""
    return {
        "csrf_token": token_of(client),
        "seen": str(registry.history("A1")[-1].revision),
        "phone": phone,
        "do": "save",
    }


def test_what_is_saved_at_one_worker_is_shown_by_the_other_at_once(workers) -> None:
    clients = [client for client, _ in workers]
    signed_in(clients[0], "clerk", login="clerk")
    carry_over(*clients)
    for client in clients:
        assert client.get(THERE).status_code == 200
    for number in range(4):
        one, other = clients[number % 2], clients[1 - number % 2]
        assert one.post(THERE, data=form_of(one, workers[0][1], f"0793-{number}")).status_code == 303
        carry_over(one, other)
        assert f'value="0793-{number}"' in other.get(THERE).text


def test_a_form_of_what_a_colleague_saved_at_the_other_worker_is_taken(workers) -> None:
    (first, registry), (second, _) = workers
    signed_in(first, "clerk", login="one")
    signed_in(second, "clerk", login="two")
    assert second.get(THERE).status_code == 200
    assert first.post(THERE, data=form_of(first, registry, "0793-1")).status_code == 303
    assert second.post(THERE, data=form_of(second, registry, "0793-2")).status_code == 303
    assert [one.station.phone for one in registry.history("A1")[1:]] == ["0793-1", "0793-2"]
