"""Opening hours in words: read as Chinese staff write them, told as a sentence, and laid out as a week."""

from stations.phrases.reading import read_hours
from stations.phrases.sentences import Language, in_words, sentence
from stations.phrases.week import DaySpan, Way, WeekDay, reason_in_words, span_in_words, week

__all__ = [
    "DaySpan",
    "Language",
    "Way",
    "WeekDay",
    "in_words",
    "read_hours",
    "reason_in_words",
    "sentence",
    "span_in_words",
    "week",
]
