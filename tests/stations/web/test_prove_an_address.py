"""Whoever gives another mail address proves it by a letter to it; until then the one before counts."""

import re

import pytest

from stations.people.facts import By, Grant, Role
from stations.people.proving import HOLDS
from stations.people.resetting import LETTERS
from stations.settings import Settings
from tests.stations.people.conftest import Clock
from tests.stations.people.provider import HOUSE
from tests.stations.web.test_forgotten import Post, forget
from tests.stations.web.test_sign_in import PASSWORD, Browser
from tests.town import AREA

SETTINGS = Settings(requests_per_minute=0, reports_per_hour=0, address=HOUSE)
NEW = "new@example.org"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def post():
    return Post()


@pytest.fixture
def people(upkeeps, clock):
    people = upkeeps.people(clock)
    options = {"by": By("test"), "language": "en", "password": PASSWORD, "must_change": False}
    people.add("clerk", "办某", [Grant(Role.CLERK, "360681101")], mail="ban@example.org", **options)
    people.add("other", "另某", [Grant(Role.CLERK, "360681101")], **options)
    people.add("officer", "官某", [Grant(Role.OFFICER, AREA)], **options)
    return people


@pytest.fixture
def house(open_house, people, post):
    return open_house(settings=SETTINGS, people=people, mail=post)


@pytest.fixture
def sign_in(house):
    def signed_in(login) -> Browser:
        browser = Browser(house.test_client())
        browser.sign_in(login)
        return browser

    return signed_in


def ask(browser, post, mail=NEW):
    """Give another address; gives the path of the link in the letter that comes there."""
    browser.send("/desk/me/mail", 303, mail=mail, old=PASSWORD)
    letter = post.next()
    assert letter.to == mail
    [address] = re.findall(r"https?://\S+", letter.text)
    assert address.startswith(f"{HOUSE}/desk/me/mail?letter=")
    return address.removeprefix(HOUSE)


def prove(browser, path, status=303):
    return browser.send("/desk/me/mail/proof", status, letter=path.partition("=")[2])


def mail_of(people, login="clerk"):
    return people.by_login(login).mail


def test_an_address_counts_once_its_letter_was_opened(sign_in, house, people, post) -> None:
    browser = sign_in("clerk")
    path = ask(browser, post)
    page = browser.see("/desk/me", lang="en")
    assert f"A letter went to {NEW}" in page.text
    assert "Until then letters go to ban@example.org" in page.text
    assert mail_of(people) == "ban@example.org"
    forget(browser, NEW)
    forget(browser, "clerk")
    assert post.next().to == "ban@example.org", "and nothing to the one that nobody has proven"

    telephone = Browser(house.test_client())
    answer = telephone.client.get(path)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/desk/sign-in?next=")
    telephone.sign_in("clerk")
    assert NEW in telephone.see(path).text
    assert mail_of(people) == "ban@example.org", "programs open links too"
    assert prove(telephone, path).headers["Location"] == "/desk/me?said=mail"
    assert mail_of(people) == NEW
    letter = post.next()
    assert letter.to == "ban@example.org"
    assert "do not come to this address any more" in letter.text
    assert NEW not in letter.text
    assert "A letter went to" not in browser.see("/desk/me", lang="en").text
    prove(telephone, path, 400)
    assert [row.what for row in people.audit.latest(limit=9) if "mail " in row.what] == ["mail changed", "mail asked"]


def test_a_letter_proves_nothing_in_another_account_or_after_a_day(sign_in, people, post, clock) -> None:
    browser, other = sign_in("clerk"), sign_in("other")
    path = ask(browser, post)
    assert other.client.get(path).status_code == 400
    prove(other, path, 400)
    assert (mail_of(people, "other"), mail_of(people)) == ("", "ban@example.org")
    clock.on(seconds=HOLDS.total_seconds() + 1)
    browser, late = sign_in("clerk"), path
    assert "A letter went to" not in browser.see("/desk/me", lang="en").text
    assert "proves no address any more" in prove(browser, late, 400).text
    path = ask(browser, post)
    prove(browser, late, 400)
    prove(browser, path)
    assert mail_of(people) == NEW


@pytest.mark.parametrize("change", [
    lambda browser, _: browser.send("/desk/me/mail", 303, do="leave"),
    lambda browser, _: browser.send("/desk/me/mail", 303, mail="ban@example.org", old=PASSWORD),
    lambda browser, _: browser.send("/desk/me/password", 303, old=PASSWORD, password="quite other words", again="quite other words"),  # noqa: E501
    lambda _, people: people.set_mail("clerk", "ban@example.org", by=By("officer")),
    lambda browser, _: browser.send("/desk/me/mail", 303, mail="third@example.org", old=PASSWORD),
])  # fmt: skip
def test_what_comes_after_it_takes_its_worth(sign_in, people, post, change) -> None:
    browser = sign_in("clerk")
    path = ask(browser, post)
    change(browser, people)
    assert NEW not in browser.see("/desk/me").text
    prove(browser, path, 400)
    assert mail_of(people) == "ban@example.org"


def test_an_address_is_taken_away_at_once_and_one_that_an_officer_enters_counts(sign_in, people, post) -> None:
    browser = sign_in("clerk")
    path = ask(browser, post)
    browser.send("/desk/me/mail", 303, mail="", old=PASSWORD)
    assert post.next().to == "ban@example.org"
    assert mail_of(people) == ""
    prove(browser, path, 400)
    sign_in("officer").send("/desk/people/clerk/mail", 303, mail="office@example.org")
    assert mail_of(people) == "office@example.org"
    assert post.box.empty()


def test_what_cannot_be_is_refused_and_nobodys_mailbox_is_filled(sign_in, post) -> None:
    browser = sign_in("clerk")
    browser.send("/desk/me/mail", 400, mail=NEW, old="guess")
    answer = browser.send("/desk/me/mail", 400, mail="new@", old=PASSWORD)
    assert "no address for letters" in answer.text
    assert 'value="new@"' in answer.text, "what was typed stays"
    for _ in range(LETTERS):
        ask(browser, post)
    browser.send("/desk/me/mail", 429, mail=NEW, old=PASSWORD)
    assert post.box.empty()


def test_where_no_letters_are_sent_nobody_gives_the_own_address(open_house, people) -> None:
    browser = Browser(open_house(people=people).test_client())
    browser.sign_in("clerk")
    page = browser.see("/desk/me", lang="en")
    assert "ban@example.org" in page.text
    assert "Whoever manages your account can change it" in page.text
    assert "sends no letters" in browser.send("/desk/me/mail", 400, mail=NEW, old=PASSWORD).text
    assert mail_of(people) == "ban@example.org"
