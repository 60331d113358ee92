"""Staff in a store of their own, and a clock that is turned by hand."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from stations.people.facts import By, Grant, Role
from tests.town import upkeeps

__all__ = ["upkeeps"]

DOOR = By("", "203.0.113.7")


@dataclass
class Clock:
    now: datetime = datetime(2026, 11, 22, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def on(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def people(upkeeps, clock):
    return upkeeps.people(clock)


@pytest.fixture
def clerk(people):
    """A clerk of a township, whose password is `words of my own`."""
    grants = [Grant(Role.CLERK, "360681101")]
    person, _ = people.add("clerk", "办某", grants, by=By("root"), password="words of my own", must_change=False)
    return person
