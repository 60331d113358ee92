"""The staff choose what to be told of, and officers set webhooks for their areas; no script is run."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask

from stations.notices.facts import Kind, Rhythm, hook_at
from stations.registry.log import Registry
from tests.stations.notices.conftest import BY, EAST, NEXT, WEST, ZONE, Office
from tests.stations.web.reading import read_page
from tests.stations.web.test_keep_the_records import Staff
from tests.town import corner, signed_in


@pytest.fixture(scope="module")
def office(tmp_path_factory, town_stations) -> Office:
    registry = Registry.open(f"sqlite:///{tmp_path_factory.mktemp('told') / 'town.db'}", ZONE)
    placed = [replace(one, township=WEST if one.position.lon < corner(2.5, 0).lon else EAST) for one in town_stations]
    registry.append(placed, what="import", who="import", at=datetime(2026, 11, 20, tzinfo=UTC))
    return Office(registry, now=datetime.now(UTC))


@pytest.fixture(scope="module")
def app(open_house, office) -> Flask:
    return open_house(
        shelf=office.registry,
        desk=office.desk,
        people=office.people,
        upkeep=office.upkeep,
        notices=office.notices,
        mail=office.post,
    )


@pytest.fixture
def hire(app, office):
    """Somebody of the staff with a browser, and with a mail address."""

    def hired(login: str, role: str, area: str, stations=(), mail: str = "x@example.org") -> Staff:
        client = app.test_client()
        signed_in(client, role, area, stations, login=login)
        office.people.set_mail(login, mail, by=BY)
        return Staff(client, login)

    return hired


def checked(page, name: str) -> list[str]:
    return [
        one.attributes["value"]
        for one in page.walk()
        if one.attributes.get("name") == name and "checked" in one.attributes
    ]


def test_somebody_chooses_and_gets_a_letter_and_sees_what_became_of_it(office, hire):
    clerk = hire("west", "clerk", WEST)
    page = clerk.see("/desk/notices")
    assert "x@example.org" in page.text
    assert checked(page, "rhythm") == ["never"]
    clerk.send("/desk/notices", 303, rhythm="at_once", kinds=["edits", "reports"])
    page = clerk.see("/desk/notices?said=chosen")
    assert sorted(checked(page, "kinds")) == ["edits", "reports"]
    assert checked(page, "rhythm") == ["at_once"]
    office.notices.look(office.now)
    office.edit("A1", note="新")
    office.edit("A4", note="新")  # in the east
    [letter] = office.tell()
    assert "近处驿站" in letter.text
    assert "A4" not in letter.text
    page = clerk.see("/desk/notices")
    assert "驿站信息有改动：近处驿站 A1" in page.text
    assert "已送达" in page.text
    assert "推送" not in page.text, "clerks set no webhooks"


def test_what_cannot_be_is_said_and_nothing_is_kept(office, hire):
    clerk = hire("fussy", "clerk", WEST)
    answer = clerk.send("/desk/notices", 422, rhythm="daily")
    assert "请至少选一件要通知的事" in answer.text
    assert checked(read_page(answer.text), "rhythm") == ["daily"]
    clerk.send("/desk/notices", 400, rhythm="hourly", kinds="edits")
    clerk.send("/desk/notices", 422, rhythm="daily", kinds="gossip")
    clerk.send("/desk/notices", 400, rhythm="daily", kinds="edits", login="other")
    assert office.notices.choices.of("fussy").rhythm is Rhythm.NEVER


def test_who_has_no_address_is_told_where_to_add_one(hire):
    assert "账号还没有填邮箱" in hire("nowhere", "clerk", WEST, mail="").see("/desk/notices").text


def test_an_officer_sets_a_webhook_tries_it_out_and_takes_it_away(office, hire):
    officer = hire("officer", "officer", WEST)
    answer = officer.send(
        "/desk/notices/hooks", 200, url="https://hooks.example.org/in", area="", kinds=[kind.value for kind in Kind]
    )
    [secret] = re.findall(r"whsec_[\w-]{40,}", answer.text)
    hook = office.notices.hooks.all()[-1]
    assert (hook.area, hook.made_by) == (WEST, "officer")
    address = f"/desk/notices/hooks/{hook.number}"
    assert secret not in officer.see(address).text, "shown once"
    office.notices.look(office.now)
    officer.send(address, 303, do="test")
    office.hook.status = 500
    office.tell()
    assert "500 said" in officer.see(address).text
    officer.send(address, 303, do="test")
    while office.notices.outbox.waiting():
        office.pass_time(hours=12)
        office.notices.deliver_all(office.now)
    officer = hire("officer", "officer", WEST)  # days later, signed in once more
    assert "没送到的推送" in officer.see("/desk").text
    assert "hooks.example.org" not in hire("unsent", "clerk", WEST).see("/desk").text
    office.hook.status = 200
    assert "没送到的全部重发" in officer.see(address).text
    (_, _, _), (delivery, _, _) = office.notices.outbox.log(hook_at(hook.number))
    officer.send(f"{address}/again", 303, delivery=str(delivery.number))
    office.pass_time(minutes=1)
    office.tell()
    assert "没送到的推送" in officer.see("/desk").text
    assert "没送到的全部重发" not in officer.see(address).text, "one alone has a button of its own"
    officer.send(address, 303, do="again")
    office.pass_time(minutes=1)
    office.tell()
    assert "没送到的推送" not in officer.see("/desk").text
    page = officer.see(address)
    assert "已送达" in page.text
    assert "200 said" in page.text
    officer.send(f"{address}/again", 404, delivery="99999")
    assert "请至少选一件" in officer.send(address, 422, do="save").text
    officer.send(address, 303, do="save", kinds="edits")
    assert office.notices.hooks.get(hook.number).kinds == {Kind.EDITS}
    officer.send(address, 303, do="pause")
    assert "已暂停" in officer.see("/desk/notices").text
    officer.send(address, 303, do="resume")
    assert secret not in officer.send(address, 200, do="secret").text
    officer.send(address, 400, do="explode")
    officer.send(address, 303, do="remove")
    assert officer.client.get(address).status_code == 404
    trail = [one.what for one in office.people.audit.latest(areas=(WEST,)) if one.who == "officer"]
    assert trail[:2] == ["webhook removed", "webhook secret renewed"]


def test_an_officer_adds_the_robot_of_a_group_and_its_key_is_never_shown(office, hire):
    key, secret = "693a91f67aoc4bc497a00ec2sifa5aaa", "SEC0123456789abcdef"
    officer = hire("chatting", "officer", WEST)
    url = f"https://oapi.dingtalk.com/robot/send?access_token={key}"
    answer = officer.send("/desk/notices/hooks", 303, url=url, sign=secret, area="", kinds="tasks")
    address = answer.headers["Location"].partition("?")[0]
    pages = [officer.see(path) for path in (answer.headers["Location"], "/desk/notices")]
    pages.append(read_page(officer.send(address, 422, do="secret").text))
    for page in pages:
        assert "钉钉群机器人 5aaa" in page.text
        assert key not in page.text
        assert secret not in page.text
    assert "新的密钥" not in pages[0].text
    assert "只有钉钉和飞书" in officer.send(
        "/desk/notices/hooks", 422, url="https://hooks.example.org/in", sign=secret, area="", kinds="tasks"
    ).text  # fmt: skip
    officer.send(address, 303, do="remove")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"url": "http://example.org/"}, "https://"),
        ({"area": NEXT}, "不在您的管理范围内"),
        ({"area": "12"}, "不在您的管理范围内"),
        ({"area": "x"}, "x"),
        ({"kinds": []}, "请至少选一件"),
    ],
)
def test_a_webhook_that_cannot_be_is_refused_with_all_that_was_typed(office, hire, fields, words):
    officer = hire("fumbling", "officer", WEST)
    typed = {"url": "https://hooks.example.org/typed", "area": WEST, "kinds": ["edits"]} | fields
    page = read_page(officer.send("/desk/notices/hooks", 422, **typed).text)
    assert words in page.text
    assert page.one("input", name="url").attributes["value"] == typed["url"]
    assert page.one("input", name="area").attributes["value"] == typed["area"]
    assert not any(one.made_by == "fumbling" for one in office.notices.hooks.all())


def test_the_officer_beside_neither_sees_nor_touches_it(office, hire):
    hire("mine", "officer", WEST).send(
        "/desk/notices/hooks", 200, url="https://hooks.example.org/mine", area=WEST, kinds="edits"
    )
    hook = office.notices.hooks.all()[-1]
    east = hire("beside", "officer", EAST)
    assert "hooks.example.org" not in east.see("/desk/notices").text
    for path, fields in (("", {"do": "remove"}), ("", {"do": "secret"}), ("/again", {"delivery": "1"})):
        east.send(f"/desk/notices/hooks/{hook.number}{path}", 404, **fields)
    assert office.notices.hooks.get(hook.number) == hook
