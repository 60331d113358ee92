"""Opening hours in words: read as Chinese or English staff write them, told as a sentence, and laid out as a week."""

from stations.phrases.dates import read_dates
from stations.phrases.occasions import yearly_span
from stations.phrases.reading import read_hours
from stations.phrases.sentences import Language, dates_in_words, in_words, sentence
from stations.phrases.week import DaySpan, Way, WeekDay, reason_in_words, span_in_words, week

__all__ = [
    "DaySpan",
    "Language",
    "Way",
    "WeekDay",
    "dates_in_words",
    "in_words",
    "read_dates",
    "read_hours",
    "reason_in_words",
    "sentence",
    "span_in_words",
    "week",
    "yearly_span",
]
