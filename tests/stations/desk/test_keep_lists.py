"""What became of a list is told by the log, however often its batch was taken back and put in place again."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from stations.desk.listed import Asked, State
from stations.desk.lists import Lists
from stations.desk.taking import MovedOnError, Taking
from stations.registry.log import Registry
from stations.registry.schema import BATCH
from stations.station import StationReader
from tests.town import SHANGHAI, corner

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("undone", "state"),
    [(0, State.TAKEN), (1, State.UNDONE), (2, State.TAKEN), (1999, State.UNDONE), (2000, State.TAKEN)],
)
def test_a_list_waits_again_if_its_batch_is_not_in_place(tmp_path, undone, state) -> None:
    registry = Registry.open(f"sqlite:///{tmp_path / 'lists.db'}", SHANGHAI)
    lists = Lists(registry.store)
    number = lists.keep("list.csv", b"code", Asked(), area="36", who="lin", at=AT).number
    station = StationReader().read_or_raise({"code": "N1", "name": "西站", "position": corner(1, 2)})
    taken = lists.taken(number, {"new": 1}, who="lin", at=AT)
    first = registry.write(lambda _: [station], what="import", who="lin", at=AT, also=taken).batch
    assert first is not None
    rows = [
        {"id": one, "what": f"undo of batch {one - 1}", "source": "", "digest": "", "at": AT.isoformat(), "who": "lin"}
        for one in range(first.id + 1, first.id + undone + 1)
    ]
    with registry.store.writing() as connection:
        if rows:
            connection.execute(sa.insert(BATCH).values(count=0), rows)
    assert [one.state for one in lists.all(AT)] == [state]
    assert lists.get(number, AT).state is state


@pytest.mark.parametrize(("code", "waits"), [("N2", False), ("N1", True)])
def test_somebody_writes_the_moment_a_list_is_taken_in(tmp_path, monkeypatch, code, waits) -> None:
    """Something else, and it goes in; of a station of the list, and it must be looked at again."""
    registry = Registry.open(f"sqlite:///{tmp_path / 'lists.db'}", SHANGHAI)
    lists = Lists(registry.store)
    taking = Taking(registry, lists, None, SHANGHAI)
    listed = lists.keep(
        "list.csv", "code,name,lon,lat\nN1,西站,116.3,28.3\n".encode(), Asked(), area="", who="lin", at=AT
    )
    seen, write = taking.tried(listed).mark, registry.write
    other = StationReader().read_or_raise({"code": code, "name": "东站", "position": corner(90, 2)})

    def after_another(change, **facts):
        write(lambda _: [other], what="edit", who="wang", at=AT)
        return write(change, **facts)

    monkeypatch.setattr(registry, "write", after_another)
    if waits:
        with pytest.raises(MovedOnError):
            taking.take_in(listed, seen, who="lin", at=AT)
    else:
        taking.take_in(listed, seen, who="lin", at=AT)
    assert (registry.snapshot().find("N1") == other) is waits
    assert [one.state for one in lists.all(AT)] == [State.WAITING if waits else State.TAKEN]
