"""The kinds of `desk_writes`, sent as forms to a server; each at a station of its own, so that they run at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from stations.desk.bulk import MARKED
from stations.desk.proposals import Proposal, Standing
from stations.people.facts import By, Grant, Role
from stations.people.people import People
from stations.registry.log import Registry
from tests.faults import desk_writes
from tests.faults.desk_writes import FIRST_AREA, NOW, Write, of_number
from tests.faults.serving import CutOffError, Sender, Server
from tests.stations.photos.conftest import sent as photo
from tests.town import SHANGHAI

SEEN = "999999999"
"""Of a form that was made of whatever anybody has entered."""

PASSWORD = "绿皮火车 at 7 past nine"
MANY = frozenset(f"S{number:05}" for number in range(20, 40))


class RefusedError(Exception):
    """The server said that it was not done."""


def staff_in(registry: Registry) -> None:
    """Add those who will write."""
    people = People(registry.store, lambda: NOW, "")
    for login, grant in (
        ("root", Grant(Role.ADMINISTRATOR)),
        ("keeper", Grant(Role.CUSTODIAN, "360681", frozenset({Proposing.code, Accepting.code}))),
    ):
        people.add(login, login, [grant], by=By("test"), password=PASSWORD, must_change=False)


def said_in(page: str) -> str:
    """What a page says, without what stands around it."""
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("<main")[2]).split())[:500]


class Sending:
    """One kind of write, by a browser: mixed in before the kind, whose `found` it keeps."""

    code = ""
    login = "root"
    registry: Registry

    def __init__(self, registry: Registry, server: Server) -> None:
        super().__init__(registry)
        self.browser = Sender(server)
        self.office = self.browser
        self.browser.sign_in(self.login, PASSWORD)
        self.today = datetime.now(SHANGHAI).date()

    def seen(self) -> str:
        """Revision of the station's record: a form is made of the newest, whichever process wrote it."""
        return str(self.registry.history(self.code)[-1].revision)

    def send(
        self, path: str, by: Sender | None = None, files: Mapping[str, tuple[str, bytes]] | None = None, **fields: str
    ) -> str:
        """Send a form, and give where it leads.

        Raises
        ------
        RefusedError
            It was answered, and not done.
        """
        sent = {name.replace("__", "."): text for name, text in fields.items()}
        answer = (by or self.browser).post(path, sent, files)
        if answer.status_code in {409, 503}:
            raise RefusedError(f"{path}: {answer.status_code} {said_in(answer.text)}")
        assert answer.status_code == 303, f"{path}: {answer.status_code} {said_in(answer.text)}"
        return answer.headers["Location"]

    @property
    def here(self) -> str:
        """Address of the station."""
        return f"/desk/stations/{self.code}"


class Editing(Sending, desk_writes.Editing):
    code = "S00001"

    def do(self, number: int) -> None:
        assert "said=saved" in self.send(self.here, seen=self.seen(), note=f"edit {number}", do="save")


class Proposing(Sending, desk_writes.Proposing):
    code, login = "S00002", "keeper"

    def propose(self, number: int) -> Proposal:
        note = f"note {number}"
        told = self.send(self.here, seen=self.seen(), note=f"proposed {number}", comment=note, do="save")
        assert "said=proposed" in told
        [made] = [one for one in self.proposals(Standing.OPEN) if one.note == note]
        return made

    def do(self, number: int) -> None:
        self.withdraw(self.propose(number))

    def withdraw(self, made: Proposal) -> None:
        """Let no more than fifty wait."""
        try:
            self.send(f"/desk/proposals/{made.number}/withdraw")
        except (CutOffError, RefusedError):
            return


class Accepting(Proposing, desk_writes.Accepting):
    code = "S00003"

    def __init__(self, registry: Registry, server: Server) -> None:
        super().__init__(registry, server)
        self.office = Sender(server)
        self.office.sign_in("root", PASSWORD)

    def do(self, number: int) -> None:
        left = self.proposals(Standing.OPEN)  # proposed and not heard of, or not accepted
        for one in left or [self.propose(number)]:
            self.send(f"/desk/proposals/{one.number}", by=self.office, do="accept", reason="")
        if left:
            self.do(number)


class Granting(Sending, desk_writes.Granting):
    def do(self, number: int) -> None:
        self.send("/desk/people/them/grant", role="clerk", area=str(FIRST_AREA + number), stations="")


class Suggesting(Sending, desk_writes.Suggesting):
    code, cut = "S00004", 100

    def __init__(self, registry: Registry, server: Server) -> None:
        super().__init__(registry, server)
        self.passer_by = Sender(server)

    def do(self, number: int) -> None:
        for one in self.proposals(Standing.OPEN):  # suggested and not heard of, or not refused: only ten may wait
            self.refuse(one)
        colour = f"#{number % 256:02x}{number // 256:02x}80"
        files = {"photo": ("door.jpg", photo(64, 64, colour=colour))}
        self.passer_by.network = f"10.0.{number // 256}.{number % 256}"  # of one network, only so many are taken a day
        self.send(f"/s/{self.code}/suggest", by=self.passer_by, files=files, note=f"note {number}", seen="0")
        [made] = [one for one in self.proposals(Standing.OPEN) if one.note == f"note {number}"]
        self.refuse(made)

    def refuse(self, made: Proposal) -> None:
        """Turn one down."""
        self.send(f"/desk/suggestions/{made.number}", do="refuse", reason="no")


class TakingIn(Sending, desk_writes.TakingIn):
    def do(self, number: int) -> None:
        listed = f"code,name,lon,lat\nL{number},第{number}站,{100 + number / 100},30\n".encode()
        there = self.send("/desk/lists", files={"file": (f"list {number}", listed)})
        seen = re.search(r'name="seen" value="([^"]+)"', self.browser.get(there).text)
        assert seen is not None
        self.send(f"{there.partition('?')[0].removesuffix('/rows')}/take-in", seen=seen[1])


class Inspecting(Sending, desk_writes.Inspecting):
    code = "S00005"

    def do(self, number: int) -> None:
        due = (self.today + timedelta(days=7)).isoformat()
        fields = {f"is.{item}": "no" for item in ("water", "clean")} | {
            f"due.{item}": due for item in ("water", "clean")
        }
        fields |= {"mark": f"{number:032x}", "checklist": self.rounds.checklist().key, "remark": f"sheet {number}"}
        for _ in range(2):  # a phone sends again what it heard nothing of
            self.send(f"/desk/inspections/sheet/{self.code}", do="send", **fields)


class ChangingMany(Sending, desk_writes.ChangingMany):
    codes = MANY

    def do(self, number: int) -> None:
        page = "/desk/bulk?of=chosen&what=note&" + "&".join(f"code={code}" for code in sorted(MANY))
        wish = {"note": f"many {number}"}
        shown = self.browser.post(page, wish)
        mark = re.search(r'name="mark" value="([^"]+)"', shown.text)
        assert mark is not None, shown.text[:2000]
        there = self.send(page, **wish, mark=mark[1], do="write")
        assert of_number(there.partition("?")[0].replace("/", " "))

    def found(self) -> list[int]:
        """By the notes that their batches wrote."""
        super().found()
        history = self.registry.history(min(MANY))
        return [of_number(entry.station.note) for entry in history if entry.batch.what.startswith(MARKED)]


class Counting(Sending, desk_writes.Counting):
    code = "S00006"

    def do(self, number: int) -> None:
        amounts = {f"amount.{item}": str(number) for item in self.items}
        for _ in range(2):
            self.send(f"{self.here}/supplies", do="count", mark=f"mark {number}", seen=SEEN, **amounts)


class Visiting(Sending, desk_writes.Visiting):
    code = "S00007"

    def do(self, number: int) -> None:
        day = {f"door.{self.today.isoformat()}": str(number + 1)}
        self.send(f"{self.here}/visits", mark=f"mark {number}", seen=SEEN, **day)


KINDS: Mapping[str, Callable[[Registry, Server], Write]] = {
    "editing": Editing,
    "proposing": Proposing,
    "accepting": Accepting,
    "granting": Granting,
    "suggesting": Suggesting,
    "taking in": TakingIn,
    "inspecting": Inspecting,
    "changing many": ChangingMany,
    "counting": Counting,
    "visiting": Visiting,
}
