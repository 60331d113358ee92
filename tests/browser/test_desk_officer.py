"""A county officer: signs off a list that came as a file, settles what was proposed, and adds a colleague."""

from dataclasses import replace
from pathlib import Path

from playwright.sync_api import expect

from stations.desk.proposals import Standing
from stations.people.facts import Grant, Role
from tests.browser.journey import Journey
from tests.town import corner

NEAR, NEW = corner(1.1, 0), corner(2, 3)


def test_an_officer_signs_off_a_list_and_takes_it_back(journey: Journey, tmp_path: Path) -> None:
    page, registry = journey.page, journey.registry
    before, phone = journey.put("A1", phone=""), f"0793-{journey.number}"
    codes = set(registry.snapshot().codes)
    name = f"新站{journey.number}"
    file = tmp_path / f"冬季{journey.number}.csv"
    rows = [f"近处服务驿站,{NEAR.lon},{NEAR.lat},{phone}", f"{name},{NEW.lon},{NEW.lat},2", "海里,121,31,3"]
    file.write_text("\n".join(["名称,经度,纬度,座机", *rows]), encoding="gb18030")
    officer = journey.enter("officer")
    journey.go("/desk")
    journey.tab("Import")
    page.locator("input[type=file]").set_input_files(file)
    journey.press("Look at it")

    # A column that nobody knows yet; the rows beside the map.
    page.get_by_label("座机").select_option("phone")
    journey.press("Show the rows")
    expect(page.locator(".rows-list > li")).to_have_count(3)
    page.locator(".chart").scroll_into_view_if_needed()
    expect(page.locator("#map[data-drawn]")).to_be_attached()
    if not journey.phone:
        page.locator(".pin", has_text="3").click()
        expect(page.locator("#row-3")).to_have_class("r-new lit")

    # A row may be a station that is there: nothing is taken in before somebody says so.
    take = page.locator(".take button.action")
    expect(take).to_have_count(0)
    journey.tick("row.2", "same:A1")
    expect(page.locator(".kept-now")).to_have_text(journey.says("Kept."))
    page.reload()
    expect(page.locator(".wrong-here")).not_to_have_count(0)  # the row in the sea says why it is refused
    assert set(registry.snapshot().codes) == codes
    take.click()
    expect(page.get_by_role("heading", name=journey.says("Taken in"))).to_be_visible()
    [made] = set(registry.snapshot().codes) - codes
    assert (journey.stands(made).name, journey.stands(made).position) == (name, NEW)
    assert (journey.stands("A1").phone, journey.stands("A1").name) == (phone, "近处服务驿站")
    assert registry.history(made)[-1].batch.who == officer

    journey.press("Take it back")
    expect(page.locator("#said")).to_be_focused()
    journey.told("Taken back: every station is as it was before. The list waits again.")
    assert set(registry.snapshot().codes) == codes
    assert journey.stands("A1") == before

    # It waits on the page of today; thrown away, it does not.
    journey.tab("Today's work")
    page.get_by_role("link", name=file.name).click()
    page.locator(".away summary").click()
    journey.press("Throw it away")
    journey.told("The list is thrown away.")


def test_an_officer_settles_a_proposal_and_adds_a_colleague(journey: Journey) -> None:
    page, proposals = journey.page, journey.desk.proposals
    stands = journey.put("A6", seats=None, phone="")
    snapshot = journey.registry.snapshot()
    seen, keeper = int(snapshot.revisions[snapshot.index("A6")]), journey.login("keeper")
    by_keeper = {"revision": seen, "township": stands.township, "who": keeper, "at": journey.now}
    wanted = replace(stands, seats=4, phone=f"0793-{journey.number}")
    chairs = proposals.propose(wanted, note="新添了椅子", **by_keeper)
    other = proposals.propose(replace(stands, phone="1"), note="", **by_keeper)
    officer = journey.enter("officer")

    # One is refused: with no word it is not.
    journey.go("/desk")
    journey.tab("Proposals")
    page.locator(f"a[href$='/proposals/{other.number}']").click()
    journey.press("Refuse")
    expect(page.get_by_role("alert")).to_be_visible()
    journey.forgive("status of 422")
    page.locator("[name=reason]").fill("号码不对")
    journey.press("Refuse")
    expect(page.locator(".standing-refused").first).to_be_visible()

    # The other is changed by a word of the officer's, and accepted.
    journey.tab("Proposals")
    page.locator(f"a[href$='/proposals/{chairs.number}']").click()
    page.get_by_role("button", name=journey.says("Change and accept")).click()
    page.locator("[name=seats]").fill("3")
    page.locator("[name=comment]").fill("数过了，三把")
    journey.press("Accept")
    expect(page.locator(".standing-changed").first).to_be_visible()
    settled = {one.number: one for one in proposals.news_for(keeper)}
    assert (settled[other.number].standing, settled[other.number].reason) == (Standing.REFUSED, "号码不对")
    assert (settled[chairs.number].standing, settled[chairs.number].reason) == (Standing.CHANGED, "数过了，三把")
    stands = journey.stands("A6")
    assert (stands.seats, stands.phone) == (3, f"0793-{journey.number}")
    assert settled[chairs.number].settled_by == journey.registry.history("A6")[-1].batch.who == officer

    # A colleague, who will keep that station.
    journey.tab("Staff")
    login = journey.login("colleague")
    for field, text in (("name", "同某"), ("login", login), ("area", "360681"), ("stations", "A6")):
        page.locator(f"[name={field}]").fill(text)
    journey.tick("role", "custodian")
    page.locator("[name=language]").select_option(journey.language)
    journey.press("Add")
    given = page.locator(".told code").last.inner_text()
    people = journey.house.people
    assert people is not None
    person = people.by_login(login)
    assert person is not None
    assert (person.grants, person.language, person.must_change) == (
        (Grant(Role.CUSTODIAN, "360681", frozenset({"A6"})),),
        journey.language,
        True,
    )
    assert len(given) >= 10
    assert [row.what for row in people.audit.latest(limit=2)] == ["granted", "added"]
