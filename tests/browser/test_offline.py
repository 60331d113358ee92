"""A courier whose network comes and goes: what the phone has kept answers, and what was said arrives once."""

import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Event
from time import monotonic

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from stations.settings import Settings
from stations.upkeep.facts import Sender
from tests.stations.web.reading import Element, read_page
from tests.town import A_FRIDAY, CORNER, Shelf, corner, today

HERE = {"longitude": CORNER[0], "latitude": CORNER[1]}
ASKED = f"lon={CORNER[0]}&lat={CORNER[1]}"
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
LONG_S = 30.0
"""A worker comes, fetches every file of a release, and then the list."""

KEPT = """caches.open("yizhan-kept").then(cache => cache.match("/kept/state"))
    .then(state => state && state.json()).then(state => state && state.checked)"""
WAITING = """new Promise(done => { indexedDB.open("yizhan").onsuccess = event => {
    const open = event.target.result;
    const all = open.transaction("later").objectStore("later").getAll();
    all.onsuccess = () => { open.close(); done(all.result); };
}; })"""
PACK = """caches.open("yizhan-kept").then(cache => cache.match("/kept/pack")).then(pack => pack.json())"""


def until(page: Page, promised: str):
    """Wait until what is promised is true, and give it."""
    deadline = monotonic() + LONG_S
    while monotonic() < deadline:
        if said := page.evaluate(promised):
            return said
        page.wait_for_timeout(50)
    return pytest.fail(f"never true: {promised}")


def phone_of(chromium: Browser, language: str, **options) -> BrowserContext:
    options = {
        "locale": LANGUAGES[language],
        "timezone_id": "Asia/Shanghai",
        "viewport": {"width": 390, "height": 844},
        "permissions": ["geolocation"],
        "geolocation": HERE,
    } | options
    return chromium.new_context(**options)


@pytest.fixture
def carry(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Hand out phones, each with a memory of its own."""
    contexts = []

    def one(language: str = "zh", **options) -> Page:
        contexts.append(phone_of(chromium, language, **options))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda fault: pytest.fail(f"script: {fault}"))
        return page

    yield one
    for context in contexts:
        context.close()


def keep(page: Page, site: str) -> Page:
    """Visit with a network until the phone has kept what it needs without. A page that is not there is a light one."""
    page.goto(f"{site}/nothing")
    until(page, KEPT)
    return page


def away(page: Page) -> Page:
    page.context.set_offline(True)
    return page


def back(page: Page) -> Page:
    page.context.set_offline(False)
    return page


@pytest.fixture(scope="module")
def kept(chromium: Browser, site) -> Iterator[Callable[[str], Page]]:
    """Hand out phones that have kept what they need, and have no network any more."""
    contexts = {}

    def one(language: str) -> Page:
        if language not in contexts:
            contexts[language] = phone_of(chromium, language)
            away(keep(contexts[language].new_page(), site))
        page = contexts[language].new_page()
        page.on("pageerror", lambda fault: pytest.fail(f"script: {fault}"))
        return page

    yield one
    for context in contexts.values():
        context.close()


def ask(page: Page, address: str) -> None:
    """Go to another question on the page that answers without a network, as its own form does."""
    page.evaluate(
        "address => { history.pushState(null, '', address); dispatchEvent(new PopStateEvent('popstate')); }", address
    )


def bare(text: str) -> str:
    return "".join(text.split())


def told_by_house(page: Element) -> list[str]:
    """What the finder's headings and cards say, but for which map program can be started."""
    found = page.one("section", id="found")
    for card in found.all("li", class_="card"):
        card.inside = [part for part in card.inside if not (isinstance(part, Element) and part.fits({"class_": "go"}))]
    heads = [one for one in found.walk() if one.tag in {"h2", "h3"}]
    return [bare(one.text) for one in heads] + [
        f"{one.attributes['class']}: {bare(one.text)}" for one in found.all("li", class_="card")
    ]


def told_by_phone(page: Page) -> list[str]:
    heads = page.locator("#found h2, #found h3").all_text_contents()
    texts = page.locator("#found .card").evaluate_all(
        """all => all.map(card => {
            const copy = card.cloneNode(true);
            copy.querySelectorAll(".go").forEach(one => one.remove());
            return copy.className + ": " + copy.textContent.replace(/\\s+/g, "");
        })"""
    )
    return [bare(text) for text in heads] + texts


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_same_question_finds_the_same_without_a_network(serve, open_house, upkeeps, carry, language):
    """Word for word what the house says where it knows no street, which is then an estimate, too."""
    upkeep, now = upkeeps.new(), datetime.now(UTC)
    for network in ("192.0.2.1", "198.51.100.1"):
        upkeep.report("A3", "locked", sender=Sender(network, network), found=now, now=now, revision=7)
    app = open_house(ground=None, upkeep=upkeep)
    site = serve(app)
    phone = away(keep(carry(language), site))
    phone.goto(site)
    expect(phone.locator("#age")).not_to_be_empty()  # what was kept is read
    begins = today()
    for days, clock, mode, minutes, more in (
        (0, "10:00", "walk", 15, ""),
        (1, "17:57", "walk", 15, ""),  # closes before one gets there
        (1, "19:50", "ebike", 5, "&amenity=microwave&amenity=water"),
        (3, "03:00", "walk", 2, "&amenity=microwave"),
        (6, "23:55", "walk", 45, "&limit=2"),
        (6, "12:00", "walk", 1, "&amenity=heating"),
        (2, "19:58", "walk", 3, ""),
    ):
        question = f"/?{ASKED}&at={begins + timedelta(days=days)}T{clock}&mode={mode}&minutes={minutes}{more}"
        ask(phone, question)
        page = app.test_client().get(f"{question}&lang={language}").text
        assert told_by_phone(phone) == told_by_house(read_page(page)), question


@pytest.mark.parametrize("language", ["zh", "en"])
def test_found_kept_found_again_reported_and_sent_once(serve, open_house, upkeeps, carry, language):
    upkeep = upkeeps.new()
    gate = Gate(open_house(upkeep=upkeep))
    site = serve(gate)
    phone = keep(carry(language), site)
    names = {
        "zh": ("用我的位置", "没有网络", "开放时间内锁门"),
        "en": ("Use my position", "No network.", "Locked in posted hours"),
    }
    here, no_network, locked = names[language]
    phone.goto(site)
    phone.get_by_role("button", name=here).click()
    expect(phone.locator(".card", has_text="全天驿站")).to_be_visible()

    away(phone)
    phone.goto(site)
    expect(phone.locator(".no-network")).to_contain_text(no_network)
    phone.get_by_role("button", name=here).click()
    card = phone.locator(".card", has_text="全天驿站")
    expect(card).to_be_visible()
    assert re.search(r"lon=116\.3000&lat=28\.3000&", phone.url)
    expect(phone.locator("#found")).to_be_focused()
    assert (card.locator("a.way").get_attribute("href") or "").startswith("geo:28.3")

    card.get_by_role("link", name="全天驿站").click()
    phone.wait_for_load_state()  # with what keeps a form that cannot be sent
    expect(phone.get_by_role("heading", level=1)).to_have_text("全天驿站")
    phone.locator("summary", has_text=locked).click()
    phone.locator("details[open]").get_by_role("button").click()
    expect(phone.locator(".kept")).to_contain_text("1")
    expect(phone.locator(".kept")).to_be_focused()

    other = phone.context.new_page()
    back(phone)
    other.goto(site)
    until(other, f"{WAITING}.then(all => all.length === 0)")  # a page that goes before the answer comes, sends again
    phone.reload()
    expect(phone.locator("details.kind").first).to_be_visible()
    phone.wait_for_timeout(500)
    assert gate.sent == ["/s/A3/report"]
    assert [(one.code, one.kind) for one in upkeep.reports("A3")] == [("A3", "locked")]
    other.goto(site)
    expect(other.locator(".later")).to_have_count(0)


class Gate:
    """Stands before a house: notes what is sent, and may turn it away."""

    def __init__(self, app) -> None:
        self.app = app
        self.sent: list[str] = []
        self.turned_away = False

    def __call__(self, environ, start_response):
        if environ["REQUEST_METHOD"] == "POST":
            self.sent.append(environ["PATH_INFO"])
            if self.turned_away:
                start_response("503 Service Unavailable", [("Content-Type", "text/html")])
                return [b"later"]
        return self.app(environ, start_response)


def test_what_cannot_be_taken_now_waits_and_what_is_refused_is_dropped_with_a_word(
    serve, open_house, town_stations, carry
):
    shelf = Shelf(town_stations)
    gate = Gate(open_house(shelf=shelf))
    site = serve(gate)
    phone = keep(carry("en"), site)
    away(phone).goto(f"{site}/s/A1")
    phone.get_by_role("button", name="Still right").nth(1).click()
    expect(phone.locator(".kept")).to_be_visible()
    gate.turned_away = True
    back(phone).goto(f"{site}/nothing")
    expect(phone.locator(".later")).to_have_text("1 thing you said is waiting for a network.")
    online = "dispatchEvent(new Event('online'))"
    until(phone, f"{online} && {WAITING}.then(all => all[0].tries)")
    # The page that one left may have begun to send it, too. It is not tried again at once, however often the network
    # comes and goes.
    tried = len(gate.sent)
    for _ in range(3):
        phone.evaluate(online)
        phone.wait_for_timeout(100)
    assert gate.sent == ["/s/A1/confirm"] * tried
    gate.turned_away, shelf.stations, shelf.revision = False, town_stations[1:], 8
    # As if the pause were over.
    until(
        phone,
        """new Promise(done => { indexedDB.open("yizhan").onsuccess = event => {
            const work = event.target.result.transaction("later", "readwrite");
            const store = work.objectStore("later");
            store.getAll().onsuccess = got => store.put(Object.assign(got.target.result[0], {after: 0}));
            work.oncomplete = () => { event.target.result.close(); done(true); };
        }; })""",
    )
    phone.evaluate(online)
    expect(phone.locator(".later")).to_contain_text("was not taken: There is no station A1.")
    phone.goto(f"{site}/nothing")
    expect(phone.locator(".later")).to_have_count(0)
    assert len(gate.sent) == tried + 1


def test_a_name_is_searched_among_the_stations(site, kept):
    phone = kept("zh")
    phone.goto(site)
    phone.get_by_label("我在哪里").fill("夜间")
    phone.keyboard.press("Enter")
    expect(phone.locator("#at-place")).to_contain_text("从夜间驿站出发")
    phone.get_by_text("修改").click()
    phone.get_by_label("我在哪里").fill("柳村")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("alert")).to_contain_text("柳村")
    expect(phone.locator(".card")).to_have_count(0)


HELD_BACK = """const open = caches.open.bind(caches);
    caches.open = name => new Promise(done => { window.goOn = done; }).then(() => open(name));"""
"""What was kept is not read before one says ``goOn()``."""


def test_what_is_typed_before_the_list_is_read_stays(site, carry):
    phone = away(keep(carry(), site))
    phone.add_init_script(HELD_BACK)
    phone.goto(site)
    phone.get_by_label("我在哪里").fill("夜间")
    phone.get_by_text("电动自行车", exact=True).click()
    phone.evaluate("goOn()")
    expect(phone.locator("#age")).not_to_be_empty()
    expect(phone.get_by_label("我在哪里")).to_have_value("夜间")
    phone.keyboard.press("Enter")
    expect(phone.locator("#at-place")).to_contain_text("从夜间驿站出发")
    expect(phone.locator(".asked")).to_contain_text("电动自行车")


def test_who_asks_before_the_list_is_read_is_answered_when_it_is(site, carry):
    phone = away(keep(carry(), site))
    phone.add_init_script(HELD_BACK)
    phone.goto(site)
    phone.get_by_label("我在哪里").fill("夜间")
    phone.keyboard.press("Enter")
    expect(phone).to_have_url(re.compile("#found$"))
    expect(phone.locator("#age")).to_be_empty()
    phone.evaluate("goOn()")
    expect(phone.locator("#at-place")).to_contain_text("从夜间驿站出发")
    expect(phone.get_by_text("修改")).to_be_visible()


def test_where_one_is_as_people_write_it(site, kept):
    phone = kept("zh")
    far = corner(6, 6)
    phone.goto(site)
    for asked, first in (
        (f"where={far.lon},{far.lat}", "<script>alert(1)</script>"),
        (f"where={far.lat} {far.lon}", "<script>alert(1)</script>"),
        ("where=a3", "全天驿站"),
        ("where=一路1号", "近处驿站"),
    ):
        ask(phone, f"/?{asked}&limit=9&minutes=60")
        expect(phone.locator(".card", has_text=first).locator(".far b")).to_have_text("1 分钟")


def test_an_old_list_says_how_old_it_is_and_at_last_knows_no_hours(site, carry):
    phone = keep(carry("en"), site)
    age = """hours => caches.open("yizhan-kept").then(cache => Promise.all(
        [cache.match("/kept/state"), cache.match("/kept/pack")])
        .then(both => Promise.all(both.map(one => one.json())))
        .then(([state, pack]) => {
            state.checked -= hours * 3600000;
            pack.midnight -= hours * 3600;
            return Promise.all([cache.put("/kept/state", new Response(JSON.stringify(state))),
                                cache.put("/kept/pack", new Response(JSON.stringify(pack)))]);
        }))"""
    phone.evaluate(age, 3)
    away(phone)
    phone.goto(f"{site}/?{ASKED}")
    expect(phone.locator("#age")).to_have_text("The list is as of 3 hours ago.")
    phone.evaluate(age, 8 * 24)
    phone.goto(f"{site}/?{ASKED}&minutes=60")
    expect(phone.locator("#age")).to_contain_text("8 days ago. It is older than seven days")
    expect(phone.locator(".card.open")).to_have_count(0)
    expect(phone.locator(".card.unknown .state").first).to_contain_text("too old to tell")


def test_another_revision_is_fetched_when_a_page_names_it(serve, open_house, town_stations, carry):
    shelf = Shelf(town_stations)
    site = serve(open_house(shelf=shelf))
    phone = keep(carry(), site)
    asked: list[str] = []
    phone.context.on("request", lambda request: asked.append(request.url) if "pack.json" in request.url else None)
    before = phone.evaluate(KEPT)
    phone.goto(site)
    until(phone, f"{KEPT}.then(checked => checked > {before})")
    assert not asked
    shelf.revision, shelf.stations = 8, town_stations[:1]
    # As if a minute had passed since the list was fetched.
    phone.evaluate(
        """caches.open("yizhan-kept").then(cache => cache.match("/kept/state").then(one => one.json())
            .then(state => cache.put("/kept/state", new Response(JSON.stringify(Object.assign(state, {tried: 0}))))))"""
    )
    phone.goto(site)
    until(phone, f"{PACK}.then(pack => pack.revision === 8)")


def test_nothing_is_kept_that_tells_where_one_was(site, carry):
    phone = keep(carry(), site)
    phone.goto(f"{site}/?{ASKED}&at={A_FRIDAY}T10:00")
    phone.goto(f"{site}/s/A1")
    phone.evaluate(f"fetch('/api/nearest?{ASKED}').then(one => one.text())")
    away(phone)
    phone.goto(f"{site}/?{ASKED}")
    kept = phone.evaluate(
        """caches.keys().then(names => Promise.all(names.map(name => caches.open(name).then(cache => cache.keys()))))
            .then(all => [].concat(...all).map(one => one.url.slice(location.origin.length)))"""
    )
    assert sorted(address for address in kept if not address.startswith("/static/")) == [
        "/kept/pack", "/kept/state", "/offline?lang=en", "/offline?lang=zh"
    ]  # fmt: skip
    texts = phone.evaluate("JSON.stringify(localStorage)")
    assert str(CORNER[0]) not in texts


def test_the_list_is_read_also_where_scripts_come_late(site, carry):
    phone = carry("en")

    def late(route: Route) -> None:
        time.sleep(1.0)
        route.continue_()

    phone.route("**/offline.js*", late)
    phone.goto(f"{site}/offline")
    expect(phone.locator("#age")).to_have_text("The list is as of just now.")


def test_a_slow_network_is_waited_for_four_seconds_and_shown_when_it_comes(serve, open_house, carry):
    app = open_house()
    quick = app.wsgi_app
    flows = Event()

    def slow(environ, start_response):
        body = quick(environ, start_response)
        if environ["PATH_INFO"] == "/":
            flows.wait(30.0)
        return body

    app.wsgi_app = slow
    site = serve(app)
    phone = keep(carry("en"), site)
    begun = monotonic()
    phone.goto(f"{site}/?{ASKED}")
    assert monotonic() - begun >= 3.9
    expect(phone.locator(".no-network")).to_contain_text("The network is slow.")
    expect(phone.locator(".card").first).to_be_visible()
    come = phone.get_by_role("button", name="The page has come: show it")
    expect(come).to_have_count(0)
    flows.set()
    expect(come).to_be_visible()
    flows.clear()
    come.click()
    expect(phone.locator(".no-network")).to_have_count(0)
    expect(phone.locator(".card").first).to_be_visible()
    flows.set()


def test_a_house_that_is_down_is_like_no_network(serve, open_house, carry):
    app = open_house()
    up = app.wsgi_app
    down: list[bool] = []

    def gateway(environ, start_response):
        if down and not environ["PATH_INFO"].startswith("/static"):
            start_response("502 Bad Gateway", [("Content-Type", "text/html")])
            return [b"<h1>502</h1>"]
        return up(environ, start_response)

    app.wsgi_app = gateway
    site = serve(app)
    phone = keep(carry("en"), site)
    down.append(True)
    phone.goto(f"{site}/s/A1")
    expect(phone.locator(".no-network")).to_contain_text("Our server does not answer")
    expect(phone.get_by_role("heading", level=1)).to_have_text("近处驿站")


def test_what_cannot_be_shown_without_a_network_says_so(site, kept):
    phone = kept("en")
    phone.goto(f"{site}/planning")
    expect(phone.locator(".no-network")).to_contain_text("That page needs a network.")
    phone.goto(f"{site}/s/NONE")
    expect(phone.get_by_role("alert")).to_contain_text("NONE is not on the list of this phone")
    phone.goto(f"{site}/?lang=zh")
    expect(phone.locator(".no-network")).to_contain_text("没有网络")
    phone.get_by_role("link", name="English").click()
    expect(phone.locator(".no-network")).to_contain_text("No network.")


def test_a_house_that_keeps_nothing_any_more_is_forgotten(serve, open_house, carry):
    keeping, not_keeping = open_house(), open_house(settings=Settings(offline=False))
    serving = [keeping]

    def house(environ, start_response):
        return serving[-1](environ, start_response)

    site = serve(house)
    phone = keep(carry(), site)
    serving.append(not_keeping)
    phone.goto(site)
    until(phone, "navigator.serviceWorker.getRegistrations().then(all => all.length === 0)")
    until(phone, "caches.keys().then(all => all.length === 0)")


def test_without_a_worker_the_pages_are_as_they_were(site, carry):
    phone = carry(service_workers="block")
    phone.add_init_script("delete Navigator.prototype.serviceWorker; delete window.caches;")
    phone.goto(f"{site}/?{ASKED}")
    expect(phone.locator(".card").first).to_be_visible()
    assert phone.evaluate("'serviceWorker' in navigator") is False


def test_a_browser_would_put_it_on_the_screen(site, carry):
    phone = keep(carry(), site)
    session = phone.context.new_cdp_session(phone)
    faults = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # The browser of a test keeps nothing beyond it, which is the one thing held against it.
    assert [one["errorId"] for one in faults if one["errorId"] != "in-incognito"] == []
    manifest = session.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"].endswith("/manifest.webmanifest?lang=zh")


def test_the_page_without_a_network_fits_and_can_be_pressed(site, kept):
    phone = kept("en")
    for path in ("/", f"/?{ASKED}", "/s/A1"):
        phone.set_viewport_size({"width": 390, "height": 844})
        phone.goto(site + path)
        expect(phone.locator("#age")).not_to_be_empty()
        small = phone.evaluate(
            """() => [...document.querySelectorAll("a[href], button, select, summary, input, .chip, .segments span")]
                .filter(one => one.offsetParent && !["radio", "checkbox", "hidden"].includes(one.type))
                .filter(one => !one.closest(".skip"))
                .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
                .filter(([, box]) => box.height < 44 || box.width < 44)
                .map(([text, box]) => text + " " + box.width + "x" + box.height)"""
        )
        assert small == []
        for width in (320, 1440):
            phone.set_viewport_size({"width": width, "height": 844})
            assert phone.evaluate("document.documentElement.scrollWidth") <= width
