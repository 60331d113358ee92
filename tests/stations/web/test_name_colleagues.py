"""Who works with others reads their names, where the records hold log-in names; nobody else reads a name."""

from dataclasses import replace

import pytest

from stations.people.facts import By
from stations.web.who import KEPT_IN
from tests.stations.web.test_keep_the_records import EAST, NOW, Staff, lent, made, office, registry, written
from tests.town import signed_in

__all__ = ["lent", "made", "office", "registry", "written"]


@pytest.fixture
def hire(office):
    """Hand out browsers of people with names of their own."""
    app = office("planner", EAST).client.application

    def one(login: str, name: str, role: str, stations: tuple[str, ...] = ()) -> Staff:
        client = app.test_client()
        return Staff(client, signed_in(client, role, stations=stations, login=login, name=name).login)

    return one


def said(staff: Staff, path: str) -> str:
    return staff.see(path).one("main").text


def test_what_a_colleague_wrote_bears_their_name(hire, registry) -> None:
    lan, officer = hire("w-lan", "万小兰", "clerk"), hire("w-jun", "吴军", "officer")
    lan.save("A1", phone="0701-1")
    number = registry.history("A1")[-1].batch.id
    for path in ("/desk/changes", f"/desk/changes/{number}", "/desk/stations/A1"):
        text = said(officer, path)
        assert "万小兰" in text, path
        assert "w-lan" not in text, path
    assert "import" in said(officer, "/desk/changes/1"), "a command has no other name"
    assert registry.history("A1")[-1].batch.who == "w-lan"


def test_a_proposal_bears_the_name_of_who_made_it_and_so_does_the_record_of_it(hire, registry) -> None:
    teller, officer = hire("w-mei", "魏梅", "custodian", ("A1",)), hire("w-jun", "吴军", "officer")
    teller.send("/desk/stations/A1/checked", aspect="position", back="")
    for path in ("/desk", "/desk/proposals", "/desk/proposals/1", "/desk/stations/A1"):
        text = said(officer, path)
        assert "魏梅" in text, path
        assert "w-mei" not in text, path
    form = officer.see("/desk/proposals/1").one("form", class_="settle")
    officer.send(form.attributes["action"], do="accept")
    for path in ("/desk/proposals/1", "/desk/stations/A1"):
        assert "吴军" in said(officer, path), path
    assert "魏梅" in said(officer, "/desk/stations/A1"), "of whom the proposal was"


def test_two_of_one_name_are_told_apart(hire, registry) -> None:
    first, second = hire("x-one", "徐红", "clerk"), hire("x-two", "徐红", "clerk")
    first.save("A3", phone="0701-3")
    assert "徐红 (x-one)" in said(second, "/desk/stations/A3")


def test_who_has_no_account_any_more_keeps_the_log_in_name(hire, registry) -> None:
    officer = hire("w-jun", "吴军", "officer")
    registry.append([replace(registry.snapshot().station("A4"), phone="0701-4")], what="edit", who="long-gone", at=NOW)
    assert "long-gone" in said(officer, "/desk/stations/A4")
    shut = hire("w-yuan", "施远", "clerk")
    shut.save("A3", phone="0701-3")
    shut.client.application.extensions[KEPT_IN].people.disable("w-yuan", by=By("test"))
    assert "施远" in said(officer, "/desk/stations/A3"), "who is shut out has a name still"


def test_who_is_not_signed_in_reads_no_name(hire) -> None:
    lan = hire("w-lan", "万小兰", "clerk")
    lan.save("A1", phone="0701-1")
    anybody = lan.client.application.test_client()
    for path in ("/s/A1", "/planning/siting", "/api/stations/A1.json", "/api/changes"):
        assert "万小兰" not in anybody.get(path).text, path
