"""Staff take a whole import back, or one record, as long as nobody built upon it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stations.errors import (
    UndoRefused,
    UnknownBatchError,
    UnknownRevisionError,
    UnknownStationError,
)
from stations.registry.log import Action, Registry


@pytest.fixture
def undo(registry, noon):
    def undo_(batch):
        return registry.undo(batch, who="tester", at=noon)

    return undo_


def records(registry):
    snapshot = registry.snapshot()
    return dict(zip(snapshot.codes, snapshot.records, strict=True))


def test_everything_is_as_it_was_before_the_batch(write, undo, registry, make_station, noon):
    write(make_station("A", seats=1), make_station("B"))
    before = records(registry)
    batch = write(make_station("A", seats=2), make_station("C"), make_station("B", status="retired")).batch
    done = undo(batch.id)
    assert records(registry) == before
    assert (done.added, done.changed, done.removed) == ((), ("A", "B"), ("C",))
    assert (done.batch.what, done.batch.who, done.batch.count, done.revision) == ("undo of batch 2", "tester", 3, 8)


def test_what_was_removed_is_back_again(write, undo, registry, make_station, noon):
    write(make_station("A", seats=1), make_station("B"))
    before = records(registry)
    done = undo(registry.remove(["A"], who="tester", at=noon).batch.id)
    assert records(registry) == before
    assert (done.added, done.changed, done.removed) == (("A",), (), ())


def test_an_undo_can_be_undone(write, undo, registry, make_station):
    write(make_station("A", seats=1))
    batch = write(make_station("A", seats=2), make_station("B")).batch
    after = records(registry)
    first = undo(batch.id)
    second = undo(first.batch.id)
    assert records(registry) == after
    assert (second.added, second.changed) == (("B",), ("A",))
    undo(second.batch.id)
    assert registry.snapshot().codes == ("A",)


def test_a_later_edit_stands_in_the_way(write, undo, registry, make_station, noon):
    batch = write(*(make_station(code) for code in "ABC")).batch
    write(make_station("B", seats=2), who="warden", what="edit")
    registry.remove(["C"], who="keeper", at=noon)
    write(make_station("D"))
    before = records(registry)
    with pytest.raises(UndoRefused, match="2 of its stations") as caught:
        undo(batch.id)
    assert [(entry.code, entry.revision, entry.action, entry.batch.who) for entry in caught.value.later] == [
        ("B", 4, Action.PUT, "warden"),
        ("C", 5, Action.REMOVE, "keeper"),
    ]
    assert records(registry) == before
    assert registry.snapshot().revision == 6


def test_what_was_taken_back_already_stands_in_its_own_way(write, undo, make_station):
    batch = write(make_station("A")).batch
    undo(batch.id)
    with pytest.raises(UndoRefused) as caught:
        undo(batch.id)
    assert caught.value.later[0].batch.what == "undo of batch 1"


def test_once_the_later_edit_is_taken_back_so_can_the_batch(write, undo, registry, make_station):
    first = write(make_station("A", seats=1), make_station("B")).batch
    later = write(make_station("A", seats=2)).batch
    with pytest.raises(UndoRefused):
        undo(first.id)
    undo(later.id)
    undo(first.id)
    assert len(registry.snapshot()) == 0


def test_other_stations_are_left_alone(write, undo, registry, make_station):
    batch = write(make_station("A")).batch
    write(make_station("B"))
    undo(batch.id)
    assert registry.snapshot().codes == ("B",)


def test_a_batch_that_never_was(write, undo, make_station):
    write(make_station("A"))
    with pytest.raises(UnknownBatchError, match="no batch 7"):
        undo(7)


def test_what_an_undo_would_do(write, registry, make_station, noon):
    write(make_station("A", seats=1), make_station("B"))
    batch = write(make_station("A", seats=2), make_station("C")).batch
    turns = {turn.code: (turn.now.seats, turn.then and turn.then.seats) for turn in registry.would_undo(batch.id)}
    assert turns == {"A": (2, 1), "C": (None, None)}
    assert registry.snapshot().revision == 4


def test_a_large_batch_is_taken_back(write, undo, registry, make_station):
    batch = write(*(make_station(f"S{number}") for number in range(300))).batch
    assert len(undo(batch.id).removed) == 300
    assert len(registry.snapshot()) == 0


def test_a_record_of_earlier_is_restored(write, registry, make_station, noon):
    write(make_station("A", seats=1, note="first"))
    write(make_station("A", seats=2))
    done = registry.restore("A", 1, who="tester", at=noon)
    assert (done.changed, done.revision, done.batch.what) == (("A",), 3, "restore of revision 1")
    assert registry.snapshot().record_of("A") == registry.history("A")[0].station.to_json().encode()
    assert registry.restore("A", 1, who="tester", at=noon).batch is None


def test_a_station_that_was_removed_is_restored(write, registry, make_station, noon):
    write(make_station("A", seats=1))
    registry.remove(["A"], who="tester", at=noon)
    assert registry.restore("A", 1, who="tester", at=noon).added == ("A",)
    assert registry.snapshot().station("A").seats == 1


@pytest.mark.parametrize(
    ("code", "revision", "error", "says"),
    [
        ("Z9", 1, UnknownStationError, "no station Z9"),
        ("A", 2, UnknownRevisionError, "It has 1, 3"),
        ("A", 3, UnknownRevisionError, "removed station A"),
    ],
)
def test_what_cannot_be_restored(write, registry, make_station, noon, code, revision, error, says):
    write(make_station("A"), make_station("B"))
    registry.remove(["A"], who="tester", at=noon)
    with pytest.raises(error, match=says):
        registry.restore(code, revision, who="tester", at=noon)
    assert registry.snapshot().revision == 3


CODES = st.sampled_from("ABCD")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.dictionaries(CODES, st.integers(0, 3), min_size=1)),
        st.tuples(st.just("remove"), st.sets(CODES, min_size=1)),
        st.tuples(st.just("undo"), st.integers(1, 8)),
    ),
    max_size=8,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_undoing_the_last_batch_always_restores_what_was(steps, make_station, noon, tmp_path_factory):
    """Whatever was written before: and the past can be seen again as it was."""
    registry = Registry.open(f"sqlite:///{tmp_path_factory.mktemp('undo') / 'r.db'}")
    told = {"who": "tester", "at": noon}
    states: list[tuple[int, dict[str, bytes]]] = [(0, {})]
    for what, value in steps:
        before, head = records(registry), registry.snapshot().revision
        try:
            if what == "put":
                done = registry.append([make_station(code, seats=n) for code, n in value.items()], what="edit", **told)
            elif what == "remove":
                done = registry.remove(sorted(value), **told)
            else:
                done = registry.undo(value, **told)
        except (UnknownStationError, UnknownBatchError, UndoRefused):
            assert records(registry) == before
            assert registry.snapshot().revision == head
            continue
        if done.batch is None:
            continue
        states.append((done.revision, records(registry)))
        back = registry.undo(done.batch.id, **told)
        assert records(registry) == before
        assert back.batch is not None
        registry.undo(back.batch.id, **told)
        assert records(registry) == states[-1][1]
        states.append((registry.snapshot().revision, states[-1][1]))
    for revision, stood in states:
        past = registry.as_of(revision)
        assert dict(zip(past.codes, past.records, strict=True)) == stood
    registry.close()
