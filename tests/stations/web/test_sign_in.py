"""Staff sign in and look after their own account, and officers after those of the area; no script runs."""

import re

import pyotp
import pytest

from stations.errors import PeopleError
from stations.people.facts import By, Grant, Role, mail_of
from stations.people.signing import HERE
from stations.settings import Settings
from stations.web.who import KEPT_IN, next_of
from tests.stations.web.conftest import Person
from tests.town import AREA, signed_in

PASSWORD = "words of my own"
UNCOUNTED = Settings(requests_per_minute=0, reports_per_hour=0)


class Browser(Person):
    def send(self, path, status=303, **fields):
        token = self.get("/api/token").get_json()["token"]
        answer = self.client.post(path, data={"csrf_token": token} | fields, headers={"Accept-Language": "en"})
        assert answer.status_code == status, (answer.status_code, re.sub(r"<[^>]+>|\s+", " ", answer.text)[-900:])
        return answer

    def sign_in(self, login, password=PASSWORD, status=303, **fields):
        return self.send("/desk/sign-in", status, login=login, password=password, **fields)


@pytest.fixture
def house(open_house):
    return open_house(settings=UNCOUNTED)


@pytest.fixture
def people(house):
    found = house.extensions[KEPT_IN].people
    grants = [Grant(Role.CLERK, "360681101")]
    found.add("clerk", "办某", grants, by=By("test"), language="en", password=PASSWORD, must_change=False)
    return found


@pytest.fixture
def browser(house, people):
    return Browser(house.test_client())


def test_one_signs_in_and_out(browser, people) -> None:
    assert browser.client.get("/desk/me").headers["Location"] == "/desk/sign-in?next=/desk/me"
    assert browser.see("/desk/sign-in", next="/desk/me").one("input", name="next").attributes["value"] == "/desk/me"
    assert browser.sign_in("clerk", next="/desk/me").headers["Location"] == "/desk/me"
    assert browser.see("/desk/me").one("h1").text == "办某"
    with browser.client.session_transaction() as kept:
        token = kept["desk"]
    browser.send("/desk/sign-out")
    assert browser.client.get("/desk/me").status_code == 303
    with browser.client.session_transaction() as kept:  # a cookie that somebody kept a copy of
        kept["desk"] = token
    assert browser.client.get("/desk/me").status_code == 303
    assert [row.what for row in people.audit.latest(limit=2)] == ["signed out", "signed in"]


def test_signing_in_begins_a_new_session(browser) -> None:
    with browser.client.session_transaction() as kept:
        kept["device"], kept["desk"] = "planted", "planted"
    browser.sign_in("clerk")
    with browser.client.session_transaction() as kept:
        assert "planted" not in kept.values()


@pytest.mark.parametrize("login", ["clerk", "nobody", "<script>", "é" * 300])
def test_who_fails_is_told_the_same_and_keeps_what_was_typed(browser, login) -> None:
    answer = browser.sign_in(login, "wrong word", status=400)
    assert "The log-in name or the password is not right." in answer.text
    assert "<script>" not in answer.text.partition("<main")[2]
    assert "wrong word" not in answer.text


def test_too_many_tries_have_to_wait(browser) -> None:
    for _ in range(HERE):
        browser.sign_in("clerk", "wrong word", status=400)
    answer = browser.sign_in("clerk", status=429)
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    assert "Wait 15 minutes" in answer.text


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://example.org/", "//example.org", "/\\example.org", "/desk//example.org", "/desk/../x", "/deskx", "desk",
        "/desk\n/x", "javascript:alert(1)", "/s/A1", "/%2f/example.org", "/desk/https://example.org", "",
    ],
)  # fmt: skip
def test_nobody_is_led_elsewhere_after_signing_in(browser, elsewhere) -> None:
    assert next_of(elsewhere) == ""
    assert browser.sign_in("clerk", next=elsewhere).headers["Location"] in {"/desk/me", "/desk"}


def test_one_is_led_back_to_where_one_wanted(browser) -> None:
    for address in ("/desk", "/desk/stations?page=2", "/planning/siting?sites=2"):
        assert next_of(address) == address


def test_the_first_password_is_changed_before_anything_else(browser, people) -> None:
    _, first = people.add("new", "新某", [Grant(Role.OFFICER, AREA)], by=By("test"), language="en")
    assert browser.sign_in("new", first, next="/desk/people").headers["Location"] == "/desk/me"
    assert browser.client.get("/desk/people").headers["Location"] == "/desk/me"
    fields = {"old": first, "password": "another good one", "again": "another good one"}
    assert "differ" in browser.send("/desk/me/password", 400, **(fields | {"again": "other"})).text
    assert "not your password" in browser.send("/desk/me/password", 400, **(fields | {"old": "guess"})).text
    assert "too short" in browser.send("/desk/me/password", 400, old=first, password="short", again="short").text
    browser.send("/desk/me/password", **fields)
    assert browser.client.get("/desk/people").status_code == 200


def test_a_second_factor_is_set_up_asked_for_and_taken_off(browser, house, people) -> None:
    browser.sign_in("clerk")
    page = browser.see("/desk/me/second-factor")
    sealed, secret = page.one("input", name="sealed").attributes["value"], page.one("code").text.replace(" ", "")
    code = pyotp.TOTP(secret).at(people.clock())
    fields = {"sealed": sealed, "code": code, "old": PASSWORD}
    assert "does not fit" in browser.send("/desk/me/second-factor", 400, **(fields | {"code": "000000"})).text
    assert "not your password" in browser.send("/desk/me/second-factor", 400, **(fields | {"old": "x"})).text
    told = browser.send("/desk/me/second-factor", 200, **fields).text
    codes = re.findall(r"<code>(\w{5}-\w{5})</code>", told)
    assert len(codes) == 10

    other = Browser(house.test_client())
    assert other.client.get("/desk/sign-in/code").headers["Location"] == "/desk/sign-in"
    assert other.sign_in("clerk", next="/desk/me").headers["Location"] == "/desk/sign-in/code?next=/desk/me"
    assert other.client.get("/desk/me").status_code == 303, "half way in is not in"
    assert "not right" in other.send("/desk/sign-in/code", 400, code=code).text, "that one was used"
    assert other.send("/desk/sign-in/code", code=codes[0], next="/desk/me").headers["Location"] == "/desk/me"
    assert "9" in other.get("/desk/me", lang="en").text.partition("Recovery codes left")[2][:10]

    assert "not your password" in other.send("/desk/me/second-factor/off", 400, old="x").text
    other.send("/desk/me/second-factor/off", old=PASSWORD)
    assert not people.by_login("clerk").second_factor


def test_one_signs_another_browser_out(browser, house) -> None:
    other = Browser(house.test_client())
    browser.sign_in("clerk")
    other.sign_in("clerk")
    [mark] = re.findall(r'name="mark" value="(\w+)"', browser.get("/desk/me").text)
    browser.send("/desk/me/sessions/end", mark=mark)
    assert other.client.get("/desk/me").status_code == 303
    assert browser.client.get("/desk/me").status_code == 200
    browser.send("/desk/me/sessions/end", 404, mark=mark)


def test_what_is_sent_when_signed_out_is_said_and_not_lost(browser) -> None:
    answer = browser.send("/desk/me/password", 401, old="x")
    assert "Sign in again in another tab" in answer.text


# An officer and the people of the area


@pytest.fixture
def officer(house, people):
    browser = Browser(house.test_client())
    signed_in(browser.client, "officer", AREA, login="officer")
    return browser


def test_an_officer_adds_somebody_and_is_told_the_password_once(officer, house, people) -> None:
    fields = {"name": "新某", "login": "New.One", "role": "clerk", "area": "360681102", "language": "en"}
    told = officer.send("/desk/people", 200, **fields)
    password = re.findall(r"<dd><code>([^<]+)</code></dd>", told.text)[1]
    assert Browser(house.test_client()).sign_in("new.one", password).headers["Location"] == "/desk/me"
    listed = officer.get("/desk/people").text
    assert password not in listed
    assert "<title>人员" in listed
    assert re.search(r'<option value="360681102">[^<]+</option>', listed), "townships are offered by name"
    assert "is taken" in officer.send("/desk/people", 400, **fields).text
    assert 'value="New.One"' in officer.send("/desk/people", 400, **fields).text, "what was typed is still there"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"area": "360682"}, "You may not give that role"),
        ({"area": "3606"}, "You may not give that role"),
        ({"area": ""}, "Say for which area"),
        ({"area": "36068"}, "is not the code of an area"),
        ({"role": "officer"}, "You may not give that role"),
        ({"role": "administrator", "area": ""}, "You may not give that role"),
        ({"role": "king"}, "Choose a role"),
        ({"role": "custodian"}, "Say which stations"),
        ({"role": "custodian", "stations": "A1"}, "There is no station A1 in that area"),
        ({"role": "custodian", "stations": "NOPE"}, "There is no station NOPE in that area"),
        ({"login": "x y"}, "cannot be a log-in name"),
        ({"name": ""}, "Write a name"),
        ({"language": "xx"}, "Choose zh or en"),
    ],
)
def test_an_officer_gives_no_more_than_is_theirs(officer, people, changes, words) -> None:
    fields = {"name": "新某", "login": "new", "role": "clerk", "area": AREA} | changes
    assert words in officer.send("/desk/people", 400, **fields).text  # A1 stands in no township: nobody's but root's
    assert people.by_login("new") is None


def test_an_officer_gives_and_takes_roles_and_shuts_accounts(officer, people) -> None:
    one = "/desk/people/clerk"
    officer.send(f"{one}/grant", role="planner", area=AREA)
    assert [grant.role for grant in people.by_login("clerk").grants] == ["clerk", "planner"]
    officer.send(f"{one}/grant", 400, role="officer", area=AREA)
    officer.send(f"{one}/revoke", role="planner", area=AREA)
    officer.send(f"{one}/revoke", 404, role="planner", area=AREA)
    officer.send(f"{one}/disable")
    assert people.by_login("clerk").disabled
    assert "shut out" in officer.get(one, lang="en").text
    officer.send(f"{one}/enable")
    told = officer.send(f"{one}/reset", 200)
    assert people.by_login("clerk").must_change
    assert len(re.findall(r"<dd><code>", told.text)) == 2


def test_an_officer_is_not_ones_own_officer(officer) -> None:
    assert officer.client.get("/desk/people/officer").status_code == 404
    for way in ("disable", "reset", "grant"):
        officer.send(f"/desk/people/officer/{way}", 404, role="administrator", area="")


def test_an_administrator_does_not_shut_oneself_out(house, people) -> None:
    root = Browser(house.test_client())
    signed_in(root.client, "administrator", "", login="root")
    for way in ("disable", "reset", "revoke"):
        root.send(f"/desk/people/root/{way}", 404, role="administrator", area="")
    assert root.client.get("/desk/people/root").status_code == 200


def test_the_trail_of_the_area_is_read_page_by_page(officer, people) -> None:
    people.audit.tell(By("far"), "signed in", "far away", "110101")
    for number in range(120):
        people.audit.tell(By("near"), "signed in", f"near{number}", AREA)
    first = officer.get("/desk/audit")
    assert "near119" in first.text
    assert "far away" not in first.text
    [older] = re.findall(r'href="(/desk/audit\?before=\d+)"', first.text)
    assert "near0" in officer.client.get(older).text
    assert officer.client.get("/desk/audit?before=x").status_code == 200


def test_one_says_where_letters_go_with_the_password(browser, people) -> None:
    browser.sign_in("clerk")
    assert "not your password" in browser.send("/desk/me/mail", 400, mail="a@example.org", old="guess").text
    answer = browser.send("/desk/me/mail", 400, mail="nobody at all", old=PASSWORD)
    assert "no address for letters" in answer.text
    assert people.by_login("clerk").mail == ""
    people.set_mail("clerk", " Wang.Mou@Example.ORG ", by=By("test"))
    assert people.by_login("clerk").mail == "Wang.Mou@example.org"
    told = people.audit.latest(limit=1)[0]
    assert (told.what, told.about) == ("mail changed", "clerk"), "and not the address"
    browser.send("/desk/me/mail", mail="", old=PASSWORD)
    assert people.by_login("clerk").mail == ""


def test_a_mail_address_is_seen_by_who_manages_the_account_alone(browser, house, people) -> None:
    people.set_mail("clerk", "wang@example.org", by=By("test"))
    signed_in(browser.client, "clerk", "360681101", login="colleague")
    assert browser.client.get("/desk/people/clerk").status_code == 404
    officer = Browser(house.test_client())
    signed_in(officer.client, "officer", AREA, login="officer")
    assert officer.see("/desk/people/clerk").one("input", name="mail").attributes["value"] == "wang@example.org"
    assert "wang@example.org" not in officer.client.get("/desk/people").text + officer.client.get("/desk/audit").text
    officer.send("/desk/people/clerk/mail", 400, mail="x@y")
    officer.send("/desk/people/clerk/mail", mail="li@example.org")
    assert people.by_login("clerk").mail == "li@example.org"


@pytest.mark.parametrize(
    "mail",
    [
        "a@b", "a b@example.org", "a@example.org\nBcc: all@example.org", "<a@example.org>", "a@example..org",
        "@example.org", "a@-example.org", "a@example.org,b@example.org", "a@例.org", "a" * 65 + "@example.org",
        "a@" + "b." * 126 + "org", "a\x00@example.org",
    ],
)  # fmt: skip
def test_what_is_no_address_gets_no_letters(mail) -> None:
    with pytest.raises(PeopleError):
        mail_of(mail)
