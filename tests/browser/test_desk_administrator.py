"""An administrator: opens an account, by which somebody enters; takes the right away again; and reads the trail."""

import re

from playwright.sync_api import expect

from stations.people.facts import Grant, Role
from tests.browser.journey import Journey

CHOSEN = "山茶花开在 the third step"


def test_an_administrator_opens_an_account_and_takes_the_right_away(journey: Journey) -> None:
    page, login = journey.page, journey.login("newcomer")
    people = journey.house.people
    assert people is not None
    administrator = journey.enter("administrator", "36")
    journey.go("/desk")
    journey.tab("Staff")
    for field, text in (("name", "新某"), ("login", login), ("area", "360681")):
        page.locator(f"[name={field}]").fill(text)
    journey.tick("role", "clerk")
    page.locator("[name=language]").select_option(journey.language)
    journey.press("Add")
    given = page.locator(".told code").last.inner_text()

    # Whoever was given it, on a machine of their own: chooses a password before anything else.
    theirs = journey.another()
    theirs.goto(f"{journey.server}/desk/stations/A3")
    theirs.locator("[name=login]").fill(login)
    theirs.locator("[name=password]").fill(given)
    journey.press("Sign in", within=theirs)
    expect(theirs).to_have_url(re.compile("/desk/me"))
    theirs.locator("[name=old]").fill(given)
    theirs.locator("[name=password]").fill(CHOSEN)
    theirs.locator("[name=again]").fill(CHOSEN)
    journey.press("Change the password", within=theirs)
    expect(theirs.get_by_role("status")).to_have_text(
        journey.says("The password was changed. Every other browser was signed out.")
    )
    theirs.goto(f"{journey.server}/desk/stations/A3")
    expect(theirs.locator("h1")).to_have_text("全天驿站")
    person = people.by_login(login)
    assert person is not None
    assert (person.grants, person.must_change) == ((Grant(Role.CLERK, "360681"),), False)

    # The right is taken away: what they press next is refused, and nothing was written.
    journey.tab("Staff")
    page.get_by_role("link", name="新某").last.click()
    page.locator("form[action$='/revoke'] button").click()
    expect(page.get_by_role("status")).to_contain_text(journey.says("The role was taken away.")[:5])
    before = journey.registry.snapshot().revision
    theirs.locator("[name=note]").fill("没有权了")
    journey.press("Save", within=theirs)
    expect(theirs.locator("form.record-form")).to_have_count(0)
    answer = theirs.goto(f"{journey.server}/desk/stations/A3")
    assert answer is not None
    assert answer.status == 404
    journey.forgive("status of 404")
    person = people.by_login(login)
    assert person is not None
    assert person.grants == ()
    assert journey.registry.snapshot().revision == before

    journey.tab("Trail")
    expect(page.locator(".trail tbody tr", has_text=login).filter(has_text=administrator).first).to_be_visible()
    written = [(row.who, row.what) for row in people.audit.latest(limit=20) if row.about.startswith(login)]
    assert written[0] == (administrator, "revoked")
    assert written[-2:] == [(administrator, "granted"), (administrator, "added")]
    assert people.audit.verify().broken is None
