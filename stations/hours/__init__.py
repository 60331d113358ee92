"""Opening hours: when a station is open, in the grammar of OpenStreetMap and the calendar of China."""

from stations.hours.clock import (
    CLOSED_FOR_NOW,
    EARLIEST,
    HORIZON,
    HOURS_NOT_KNOWN,
    LATEST,
    MAX_BLOCKS,
    MAX_TEXT,
    OUT_OF_RANGE,
    OUT_OF_SEASON,
    SELF_SERVICE,
    STATE_CODES,
    Hours,
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
    "OUT_OF_RANGE",
    "OUT_OF_SEASON",
    "SELF_SERVICE",
    "STATE_CODES",
    "Hours",
    "State",
    "StateAt",
]
