"""Who forgot the password is sent a link by mail, and nobody learns more; and signing in through an organisation."""

import queue
import re
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from stations.mail import Letter
from stations.people.facts import By, Grant, Role
from stations.people.organisation import Organisation
from stations.people.resetting import ASKED, LETTERS
from stations.settings import Settings
from stations.web.who import KEPT_IN
from tests.stations.people.conftest import Clock
from tests.stations.people.provider import CLIENT, HOUSE, ISSUER, SECRET, Provider
from tests.stations.web.test_sign_in import PASSWORD, Browser
from tests.town import AREA

FRESH = "other words of mine"
SETTINGS = Settings(requests_per_minute=0, reports_per_hour=0, address=HOUSE)


class Post:
    """A mail server in this process."""

    def __init__(self) -> None:
        self.box: queue.Queue[Letter] = queue.Queue()

    def send(self, letter, *, at) -> None:
        assert at.tzinfo is not None
        self.box.put(letter)

    def next(self):
        return self.box.get(timeout=3)

    def link(self):
        """The path of the link in the next letter."""
        [address] = re.findall(r"https?://\S+", self.next().text)
        assert address.startswith(f"{HOUSE}/desk/forgotten/choose?letter=")
        return address.removeprefix(HOUSE)


@pytest.fixture
def post():
    return Post()


@pytest.fixture(scope="module")
def made():
    return Provider(None)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def provider(made, clock):
    made.__dict__ |= {"clock": clock, "asked": [], "codes": {}, "claims": {}, "silent": False}
    made.mail = "ban@example.org"
    return made


@pytest.fixture
def people(upkeeps, clock):
    people = upkeeps.people(clock)
    clerk = [Grant(Role.CLERK, "360681101")]
    options = {"by": By("test"), "language": "en", "password": PASSWORD, "must_change": False}
    people.add("clerk", "办某", clerk, mail="ban@example.org", **options)
    people.add("other", "另某", clerk, **options)
    return people


@pytest.fixture
def house(open_house, people, post, provider, clock):
    organisation = Organisation(ISSUER, CLIENT, SECRET, "Union", HOUSE, clock, provider)
    return open_house(settings=SETTINGS, people=people, mail=post, organisation=organisation)


@pytest.fixture
def browser(house):
    return Browser(house.test_client())


def forget(browser, login, status=200):
    return browser.send("/desk/forgotten", status, login=login)


def choose(browser, path, password=FRESH, status=303, **fields):
    letter = parse_qs(urlsplit(path).query)["letter"][0]
    fields = {"letter": letter, "password": password, "again": password} | fields
    return browser.send("/desk/forgotten/choose", status, **fields)


@pytest.mark.parametrize("said", ["clerk", " Clerk ", "ban@example.org", "BAN@Example.org"])
def test_who_forgot_the_password_chooses_another(browser, house, post, said) -> None:
    elsewhere = Browser(house.test_client())
    elsewhere.sign_in("clerk")
    assert "Password forgotten?" in browser.see("/desk/sign-in", lang="en").text
    forget(browser, said)
    path = post.link()
    assert browser.client.get(path).status_code == 200
    assert choose(browser, path).headers["Location"] == "/desk/sign-in?said=chosen"
    assert "was just chosen" in post.next().text
    assert elsewhere.client.get("/desk/me").status_code == 303, "signed out everywhere"
    browser.sign_in("clerk", status=400)
    browser.sign_in("clerk", FRESH)


def test_the_trail_tells_of_it(browser, people, post) -> None:
    forget(browser, "clerk")
    choose(browser, post.link())
    told = [(row.what, row.who, row.about) for row in people.audit.latest(limit=2)]
    assert told == [("reset by mail", "clerk", "clerk"), ("reset letter sent", "", "clerk")]


def test_a_link_works_once_and_for_half_an_hour(browser, post, clock) -> None:
    forget(browser, "clerk")
    forget(browser, "clerk")
    first, second = post.link(), post.link()
    choose(browser, first)
    for path in (first, second):
        assert "does not open anything" in choose(browser, path, "and yet another one", 400).text
        assert browser.client.get(path).status_code == 400
    clock.on(minutes=16)
    forget(browser, "clerk")
    assert "was just chosen" in post.next().text
    path = post.link()
    clock.on(minutes=31)
    choose(browser, path, "and yet another one", 400)
    browser.sign_in("clerk", FRESH)


@pytest.mark.parametrize("change", [
    lambda people: people.set_mail("clerk", "new@example.org", by=By("test")),
    lambda people: people.disable("clerk", by=By("test")),
    lambda people: people.reset("clerk", by=By("test")),
])  # fmt: skip
def test_a_link_is_worth_nothing_once_the_account_has_changed(browser, people, post, change) -> None:
    forget(browser, "clerk")
    path = post.link()
    change(people)
    choose(browser, path, status=400)


@pytest.mark.parametrize("said", ["nobody", "nobody@example.org", "other", "shut", "<script>", "%@example.org", "é"])
def test_who_asks_learns_nothing(browser, people, post, said) -> None:
    people.add("shut", "停某", [], by=By("test"), mail="shut@example.org")
    people.disable("shut", by=By("test"))
    known, unknown = forget(browser, "clerk"), forget(browser, said)
    assert re.sub("csrf_token.*", "", known.text) == re.sub("csrf_token.*", "", unknown.text)
    assert post.next().to == "ban@example.org"
    forget(browser, "clerk")
    assert post.next().to == "ban@example.org", "the next letter too; one to anybody else would stand between"


def test_nothing_of_a_request_is_in_a_letter(browser, post) -> None:
    there = {"base_url": "http://evil.example.org", "headers": {"X-Forwarded-Host": "evil.example.org"}}
    token = browser.client.get("/api/token", **there).get_json()["token"]
    browser.client.post("/desk/forgotten", data={"csrf_token": token, "login": "clerk"}, **there)
    letter = post.next()
    assert "evil" not in letter.text + letter.subject
    assert f"{HOUSE}/desk/forgotten/choose?letter=" in letter.text
    assert "somebody asked for a new password" in letter.text, "in the language of the account"


def test_nobody_is_flooded_with_letters(browser, post) -> None:
    for _ in range(LETTERS + 3):
        forget(browser, "clerk")
    for _ in range(LETTERS):
        post.next()
    for _ in range(ASKED - LETTERS - 3):
        forget(browser, "nobody")
    answer = forget(browser, "nobody", 429)
    assert int(answer.headers["Retry-After"]) > 0
    assert post.box.empty()


def test_the_second_factor_is_asked_for_too(browser, people, post, clock) -> None:
    clerk = people.by_login("clerk")
    secret, sealed = people.factors.offer(clerk)
    codes = people.factors.set_up(clerk, sealed, pyotp.TOTP(secret).at(clock()), by=By("clerk"))
    forget(browser, "clerk")
    path = post.link()
    assert "code is not right" in choose(browser, path, status=400, code="000000").text
    choose(browser, path, status=400)
    choose(browser, path, code=codes[0])
    assert browser.sign_in("clerk", FRESH).headers["Location"] == "/desk/sign-in/code", "and at sign-in"


@pytest.mark.parametrize(("fields", "told"), [
    ({"password": "short"}, "too short"), ({"password": "aaaaaaaaaaaa"}, "easily guessed"), ({"again": "x"}, "differ"),
])  # fmt: skip
def test_a_bad_choice_keeps_the_link(browser, post, fields, told) -> None:
    forget(browser, "clerk")
    path = post.link()
    fields = {"again": fields.get("password", "")} | fields
    assert told in choose(browser, path, status=400, **fields).text
    choose(browser, path)


def test_without_mail_or_address_there_is_no_such_door(open_house, post, upkeeps) -> None:
    for options in ({"mail": post}, {"settings": SETTINGS}):
        client = open_house(people=upkeeps.people(), **options).test_client()
        assert client.get("/desk/forgotten").status_code == 404
        assert "Password forgotten? Whoever" in client.get("/desk/sign-in?lang=en").text


# Through an organisation


def leave(browser, address="/desk/sign-in/organisation", **asked):
    answer = browser.client.get(address, query_string=asked)
    assert answer.status_code == 303, answer.status_code
    return answer.headers["Location"]


def come(browser, brought, status=303):
    answer = browser.client.get("/desk/sign-in/organisation/back", query_string=brought | {"lang": "en"})
    assert answer.status_code == status, re.sub(r"<[^>]+>|\s+", " ", answer.text)[-700:]
    return answer


def test_one_signs_in_through_an_organisation(browser, provider, people) -> None:
    assert "Sign in with Union" in browser.see("/desk/sign-in", lang="en").text
    address = leave(browser, next="/desk/me")
    assert come(browser, provider.let_in(address)).headers["Location"].startswith("/desk/me")
    assert browser.client.get("/desk/me").status_code == 200
    assert [row.what for row in people.audit.latest(limit=2)] == ["signed in", "organisation connected"]


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org", "/s/A1", "/desk/../x"])
def test_nobody_is_led_elsewhere(browser, provider, elsewhere) -> None:
    address = leave(browser, next=elsewhere)
    assert come(browser, provider.let_in(address)).headers["Location"].startswith("/desk")


def test_what_was_brought_counts_once_and_in_one_browser(browser, house, provider) -> None:
    address = leave(browser)
    brought = provider.let_in(address)
    stranger = Browser(house.test_client())
    come(stranger, brought, 400)
    leave(stranger)
    come(stranger, brought, 400)
    with browser.client.session_transaction() as kept:
        cookie = dict(kept)
    come(browser, brought)
    browser.send("/desk/sign-out")
    with browser.client.session_transaction() as kept:  # a cookie that somebody kept a copy of
        kept.update(cookie)
    asked = len(provider.asked)
    assert "used already" in come(browser, brought | {"code": provider.let_in(address)["code"]}, 400).text
    assert len(provider.asked) == asked


@pytest.mark.parametrize("brought", [
    {"state": "made up"}, {"code": ""}, {"error": "access_denied"}, {"code": "made up"}, {"iss": "https://x.example.org"},
])  # fmt: skip
def test_what_cannot_be_opens_nothing(browser, provider, brought) -> None:
    address = leave(browser)
    answer = browser.client.get("/desk/sign-in/organisation/back", query_string=provider.let_in(address) | brought)
    assert answer.status_code in {400, 502}
    assert browser.client.get("/desk/me").status_code == 303


def test_a_wrong_state_does_not_spoil_a_sign_in_that_is_under_way(browser, provider) -> None:
    brought = provider.let_in(leave(browser))
    come(browser, brought | {"state": "of another site's link"}, 400)
    come(browser, brought)


def test_the_organisation_proves_no_second_factor(browser, people, provider, clock) -> None:
    clerk = people.by_login("clerk")
    secret, sealed = people.factors.offer(clerk)
    codes = people.factors.set_up(clerk, sealed, pyotp.TOTP(secret).at(clock()), by=By("clerk"))
    assert come(browser, provider.let_in(leave(browser))).headers["Location"] == "/desk/sign-in/code"
    assert browser.client.get("/desk/me").status_code == 303
    browser.send("/desk/sign-in/code", code=codes[0])
    assert browser.client.get("/desk/me").status_code == 200


def test_an_organisation_that_is_silent_leaves_the_password(browser, provider, clock) -> None:
    provider.silent = True
    answer = browser.client.get("/desk/sign-in/organisation?lang=en")
    assert answer.status_code == 502
    assert "Union does not answer just now" in answer.text
    browser.sign_in("clerk")


def test_one_connects_and_disconnects_the_own_account(browser, house, provider, people) -> None:
    browser.sign_in("other")
    assert "not your password" in browser.send("/desk/me/organisation", 400, old="guess").text
    page = browser.send("/desk/me/organisation", 200, old=PASSWORD)
    address = re.findall(r'<a class="action" href="([^"]+)"', page.text)[0].replace("&amp;", "&")
    provider.mail = "somebody@example.org"
    assert come(browser, provider.let_in(address)).headers["Location"] == "/desk/me?said=connected"
    assert "You can sign in with Union" in browser.see("/desk/me", lang="en").text
    another = Browser(house.test_client())
    come(another, provider.let_in(leave(another)))
    assert another.see("/desk/me").one("h1").text == "另某"
    browser.send("/desk/me/organisation/off", old=PASSWORD)
    third = Browser(house.test_client())
    come(third, provider.let_in(leave(third)), 400)


def test_an_account_is_connected_by_who_began_it(browser, house, provider) -> None:
    """What somebody else began, and talked one into finishing, connects nothing."""
    browser.sign_in("other")
    page = browser.send("/desk/me/organisation", 200, old=PASSWORD)
    address = re.findall(r'<a class="action" href="([^"]+)"', page.text)[0].replace("&amp;", "&")
    people = house.extensions[KEPT_IN].people
    [mark] = [one.mark for one in people.sessions.of(people.by_login("other"))]
    people.sessions.end(people.by_login("other"), mark)  # from another browser, while this one is away
    come(browser, provider.let_in(address), 400)
    assert all(row.what != "organisation connected" for row in people.audit.latest(limit=20))


def test_officers_see_no_door_to_an_organisation_that_is_not_there(open_house, upkeeps) -> None:
    people = upkeeps.people()
    people.add("officer", "官某", [Grant(Role.OFFICER, AREA)], by=By("t"), password=PASSWORD, must_change=False)
    browser = Browser(open_house(people=people).test_client())
    assert browser.client.get("/desk/sign-in/organisation").status_code == 404
    browser.sign_in("officer")
    assert "organisation" not in browser.client.get("/desk/me").text
