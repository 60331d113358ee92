"""Two processes serve one house: what somebody saves at one, the other shows them next."""

from dataclasses import replace
from datetime import UTC, datetime
from secrets import token_hex

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


def test_what_is_saved_at_one_worker_is_shown_by_the_other_at_once(
    open_house, upkeeps, town_stations, tmp_path
) -> None:
    people, clients, registries = upkeeps.people(), [], []
    settings = Settings(requests_per_minute=0, secret=token_hex(32))
    for _ in range(2):
        registry = Registry.open(f"sqlite:///{tmp_path / 'registry.db'}", SHANGHAI)
        desk = Desk(registry, dict.fromkeys(Aspect, 60))
        app = open_house(shelf=registry, desk=desk, people=people, settings=settings)
        registries.append(registry)
        clients.append(app.test_client())
    placed = [replace(one, township="360681101") for one in town_stations]
    registries[0].append(placed, what="import", who="import", at=datetime.now(UTC))
    there = "/desk/stations/A1"
    signed_in(clients[0], "clerk", login="clerk")
    carry_over(*clients)
    for client in clients:
        assert client.get(there).status_code == 200
    for number in range(4):
        one, other = clients[number % 2], clients[1 - number % 2]
        seen = registries[0].history("A1")[-1].revision
        form = {"csrf_token": token_of(one), "seen": str(seen), "phone": f"0793-{number}", "do": "save"}
        assert one.post(there, data=form).status_code == 303
        carry_over(one, other)
        assert f'value="0793-{number}"' in other.get(there).text
    for registry in registries:
        registry.close()
