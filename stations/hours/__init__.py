"""Opening hours: when a station is open, in the grammar of OpenStreetMap and the calendar of China."""

from stations.hours.clock import EARLIEST, HORIZON, LATEST, MAX_BLOCKS, Hours
from stations.hours.rules import MAX_TEXT, Part, parts_of
from stations.hours.serving import is_away, next_day, serves_on
from stations.hours.states import (
    CLOSED_FOR_NOW,
    HOURS_NOT_KNOWN,
    NOT_ANNOUNCED,
    OUT_OF_RANGE,
    OUT_OF_SEASON,
    SCHOOL_HOLIDAYS,
    SELF_SERVICE,
    STATE_CODES,
    State,
    StateAt,
)

__all__ = [
    "CLOSED_FOR_NOW",
    "EARLIEST",
    "HORIZON",
    "HOURS_NOT_KNOWN",
    "LATEST",
    "MAX_BLOCKS",
    "MAX_TEXT",
    "NOT_ANNOUNCED",
    "OUT_OF_RANGE",
    "OUT_OF_SEASON",
    "SCHOOL_HOLIDAYS",
    "SELF_SERVICE",
    "STATE_CODES",
    "Hours",
    "Part",
    "State",
    "StateAt",
    "is_away",
    "next_day",
    "parts_of",
    "serves_on",
]
