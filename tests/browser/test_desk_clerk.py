"""A clerk of the township: moves a pin, sets the hours by the week, shuts a station for repairs, and inspects it."""

from datetime import date, timedelta

from playwright.sync_api import Page, expect

from geodata.lonlat import LonLat
from stations.facts import Closure
from stations.registry.schema import INSPECTION, ROUND_TASK
from tests.browser.journey import Journey, untuck
from tests.town import SHANGHAI, corner


def test_a_clerk_keeps_a_station_and_inspects_it(journey: Journey) -> None:
    page, today = journey.page, journey.now.astimezone(SHANGHAI).date()
    was = journey.put("A2", position=corner(0, 2), hours="", closures=(), township="360681101")
    clerk = journey.enter("clerk")
    journey.go("/desk")
    journey.tab("Station list")
    page.locator("[name=q]").fill("A2")
    journey.press("Show")
    page.get_by_role("link", name="不详驿站", exact=True).click()
    page.wait_for_load_state()
    expect(page.locator("h1")).to_have_text("不详驿站")

    # The pin: dragged at a desk, a pair pasted on a phone; both are told at once.
    page.locator("#map").scroll_into_view_if_needed()
    expect(page.locator("#map[data-drawn]")).to_be_attached()
    if journey.phone:
        there = corner(1, 3)
        page.locator("[name=place]").fill(f"{there.lon},{there.lat}")
        expect(page.locator("#live-place")).to_be_visible()  # of which map it is, nobody can see from a pair
        page.locator("label", has=page.locator("[name=datum][value=wgs84]")).click()
    else:
        drag(page, 60, -40)
        expect(page.locator("#moved")).to_have_text(journey.says("New place: drag the pin, or tap the map."))
    pending = page.locator("#pending")
    expect(pending).to_have_text(journey.says("Not saved yet: {count} changed.").format(count=1))

    by_the_week(journey)
    starts, ends = today + timedelta(days=3), today + timedelta(days=10)
    for name, value in (("first", starts), ("last", ends), ("reason", "换门锁")):
        untuck(page, f"closure.0.{name}").fill(str(value))
    expect(pending).to_have_text(journey.says("Not saved yet: {count} changed.").format(count=3))
    journey.press("Save")
    journey.told("Saved. Everybody sees it from now on.")

    stands = journey.stands("A2")
    moved_to(was.position, stands.position, journey)
    assert stands.hours == "Mo-Fr 08:30-12:00,14:00-17:30; Sa; Su closed"
    assert stands.closures == (Closure(first=starts, last=ends, reason="换门锁"),)
    assert journey.registry.history("A2")[-1].batch.who == clerk

    inspects(journey, clerk, today)


def drag(page: Page, right: int, down: int) -> None:
    """Drag the pin with a mouse."""
    box = page.locator(".pin.open").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right / 2, y + down / 2, steps=3)
    page.mouse.move(x + right, y + down, steps=3)
    page.mouse.up()


def moved_to(was: LonLat, now: LonLat, journey: Journey) -> None:
    """See where the pin went: to the pasted pair, or to where it was dragged, up and right."""
    if journey.phone:
        assert now == corner(1, 3)
    else:
        assert was.lon < now.lon < was.lon + 0.01
        assert was.lat < now.lat < was.lat + 0.01


def by_the_week(journey: Journey) -> None:
    """Fill in Monday, carry it to Friday, and say how Sunday and Saturday are."""
    page = journey.page
    week = page.locator("#f-week")
    week.locator("summary").click()
    for name, clock in (("from", "08:30"), ("to", "12:00"), ("from2", "14:00"), ("to2", "17:30")):
        page.locator(f"[name='week.mo.{name}']").fill(clock)
    page.locator("#f-week-mo button[value='week:mo:weekdays']").click()
    expect(page.locator("[name='week.fr.to2']")).to_have_value("17:30")
    page.locator("[name='week.su.way']").select_option("closed")
    journey.press("Put into the hours", within=week)
    expect(page.locator("[name='week.sa.way']")).to_be_focused()  # nothing was said of it, and that is told there
    page.locator("[name='week.sa.way']").select_option("all")
    journey.press("Put into the hours", within=week)
    expect(page.locator("#week-said")).to_have_text(journey.says("Put into the hours; not saved yet."))
    expect(page.locator("#meant .sentence")).to_contain_text("14:00–17:30")


def inspects(journey: Journey, clerk: str, today: date) -> None:
    """Find no water, and have that put right within a week."""
    page = journey.page
    page.locator("a[href$='/inspections/sheet/A2']").click()
    journey.tick("is.water", "no")
    page.locator("[name='note.water']").fill("空桶")
    page.locator("[name='due.water']").fill(str(today + timedelta(days=7)))
    page.locator("[name='for.water']").select_option(clerk)
    journey.tick("is.clean", "yes")
    journey.press("Send the sheet")
    page.wait_for_url("**said=sent")
    with journey.registry.store.reading() as connection:
        [sheet] = connection.execute(INSPECTION.select().where(INSPECTION.c.who == clerk)).all()
        [task] = connection.execute(ROUND_TASK.select().where(ROUND_TASK.c.person == clerk)).all()
    assert (sheet.code, sheet.state) == ("A2", "sent")
    assert (task.item, task.due) == ("water", str(today + timedelta(days=7)))
    journey.tab("Today's work")
    expect(page.locator(".pile.tasks")).to_contain_text("不详驿站")
