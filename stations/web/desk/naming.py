"""What the desk calls the facts that are changed of many stations at once."""

from __future__ import annotations

from flask_babel import gettext

from stations.desk.bulk import What
from stations.web.deskwords import spoken, words


def say_what_of_all(what: What) -> str:
    """Name what is changed of many stations."""
    named = {
        What.CLOSURE: gettext("Shut on some days"),
        What.AMENITY: gettext("One thing that they have"),
        What.CHECKED: gettext("Made sure today"),
    }
    return named.get(what) or words().fields.label(what.value, spoken())
