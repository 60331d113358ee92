"""A bank teller, who keeps one station beside the counter: from the sign-in to what became of a proposal."""

from playwright.sync_api import expect

from stations.desk.proposals import Standing
from stations.facts import AmenityState
from stations.people.facts import By, Grant, Role
from tests.browser.journey import Journey
from tests.town import SHANGHAI

YES = AmenityState.YES
PASSWORD = "绿皮火车 at 7 past nine"


def test_a_custodian_makes_sure_proposes_and_reads_what_became_of_it(journey: Journey) -> None:
    page, login, phone = journey.page, journey.login("teller"), f"0793-{journey.number}"
    people, proposals = journey.house.people, journey.desk.proposals
    assert people is not None
    keeps = Grant(Role.CUSTODIAN, "360681", frozenset({"A1"}))
    person, _ = people.add(
        login, "王某", [keeps], by=By("test"), language=journey.language, password=PASSWORD, must_change=False
    )
    before = journey.put("A1", amenities_checked=None, amenities={"water": YES, "microwave": YES}, phone="")

    # On the real form, first with a slip of the finger.
    journey.go("/desk")
    page.locator("[name=login]").fill(login)
    page.locator("[name=password]").fill("绿皮火车")
    journey.press("Sign in")
    expect(page.get_by_role("alert")).to_be_visible()
    journey.forgive("status of 400")
    page.locator("[name=password]").fill(PASSWORD)
    journey.press("Sign in")
    expect(page.locator("h1")).to_have_text(journey.says("Today's work"))
    assert len(people.sessions.of(person)) == 1

    # The dispenser works: one press.
    page.locator(".overdue button[value=amenities]").click()
    journey.told("Proposed. Whoever may accept it sees it now.")
    (sure,) = [one for one in proposals.waiting() if one.who == login]
    today = sure.at.astimezone(SHANGHAI).date()
    assert (sure.code, sure.station.amenities_checked) == ("A1", today)
    assert journey.stands("A1") == before, "who proposes writes nothing"

    # The microwave does not.
    page.get_by_role("link", name="近处驿站").first.click()
    journey.tick("has.microwave", "no")
    page.locator("[name=phone]").fill(phone)
    page.locator("[name=comment]").fill("坏了")
    journey.press("Propose")
    journey.told("Proposed. Whoever may accept it sees it now.")
    (broken,) = [one for one in proposals.waiting() if one.who == login and one.number != sure.number]
    wanted = broken.station
    assert (wanted.amenities["microwave"], wanted.phone, broken.note) == ("no", phone, "坏了")
    assert journey.stands("A1") == before

    # An officer settles both.
    snapshot = journey.registry.snapshot()
    seen = int(snapshot.revisions[snapshot.index("A1")])
    journey.desk.accept(sure, sure.station, seen=seen, who="officer", reason="", at=journey.now)
    proposals.settle(broken.number, Standing.REFUSED, reason="已经修好", who="officer", at=journey.now)
    journey.tab("Today's work")
    news = page.locator(".news li")
    expect(news).to_have_count(2)
    expect(news.filter(has_text=journey.says("accepted"))).to_have_count(1)
    expect(news.filter(has_text=journey.says("turned down"))).to_contain_text("已经修好")
    journey.press("Read")
    expect(news).to_have_count(0)
    assert proposals.news_for(login) == ()
    stands = journey.stands("A1")
    assert (stands.amenities_checked, stands.amenities["microwave"], stands.phone) == (today, "yes", "")

    journey.leave()
    assert people.sessions.of(person) == ()
    journey.go("/desk/stations/A1")
    expect(page.locator("[name=password]")).to_be_visible()
