"""Opening hours: when a station is open, in the grammar of OpenStreetMap and the calendar of China."""

from stations.hours.clock import (
    EARLIEST,
    HORIZON,
    HOURS_NOT_KNOWN,
    LATEST,
    MAX_BLOCKS,
    MAX_TEXT,
    OUT_OF_RANGE,
    OUT_OF_SEASON,
    SELF_SERVICE,
    Hours,
    State,
    StateAt,
)

__all__ = [
    "EARLIEST",
    "HORIZON",
    "HOURS_NOT_KNOWN",
    "LATEST",
    "MAX_BLOCKS",
    "MAX_TEXT",
    "OUT_OF_RANGE",
    "OUT_OF_SEASON",
    "SELF_SERVICE",
    "Hours",
    "State",
    "StateAt",
]
