"""The online search for places, where the operator has set one up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext

from geodata.atlas import Atlas
from stations.errors import SettingsError
from stations.settings import PREFIX, Settings

if TYPE_CHECKING:
    from geodata.geocode import OnlineSearch

WITH_KEY = frozenset({"baidu", "tianditu"})


def online_search(settings: Settings, atlas: Atlas | None) -> OnlineSearch | None:
    """Open the service that the settings name; ``None`` where they name none.

    Raises
    ------
    SettingsError
        It needs a key, and has none.
    """
    service, key = settings.geocoder, settings.geocoder_key.get_secret_value()
    if not service:
        return None
    if service in WITH_KEY and not key:
        raise SettingsError(
            "{variable} is “{service}”, which asks for a key. Set {key}, or unset {variable}.",
            variable=f"{PREFIX}GEOCODER",
            service=service,
            key=f"{PREFIX}GEOCODER_KEY",
        )
    from geodata.geocode import open_online  # geopy is slow to import

    return open_online(
        service,
        key=key,
        host=settings.geocoder_host,
        bounds=None if atlas is None else atlas.summary.bounds,
        per_day=settings.geocoder_per_day,
    )


def say_service(settings: Settings) -> str:
    """Whose answer it is, as the service wants to be named."""
    return {
        "nominatim": gettext("Nominatim, from OpenStreetMap's data"),
        "baidu": gettext("Baidu Maps"),
        "tianditu": gettext("Tianditu"),
    }.get(settings.geocoder, "")
