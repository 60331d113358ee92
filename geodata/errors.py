"""What can be wrong with the ground, said so that a person can act on it.

Each error keeps its English template and its values apart, so that a door can
translate the template and fill in the same values.
"""


class PlainError(Exception):
    """An error that tells a person what was wrong, in words that a door can translate.

    Parameters
    ----------
    template
        English sentence(s) with ``{name}`` placeholders: what was wrong, which
        value, and what to do.
    values
        What fills the placeholders.
    """

    def __init__(self, template: str, /, **values: object) -> None:
        self.template = template
        self.values = values
        super().__init__(template.format(**values))


class GeodataError(PlainError):
    """Root of every error raised by this package."""


class PositionError(GeodataError, ValueError):
    """A longitude and latitude that cannot be a place."""


class OffStreetError(GeodataError, LookupError):
    """A position with no street of the travel mode near enough."""


class UnknownModeError(GeodataError, KeyError):
    """A travel mode that the atlas does not have."""

    __str__ = Exception.__str__


class ModeError(GeodataError, ValueError):
    """A travel mode that is described wrongly."""


class OsmFileError(GeodataError, ValueError):
    """An OpenStreetMap extract that cannot be read or holds nothing to build on."""


class BoundaryError(GeodataError, ValueError):
    """A boundary file that cannot be read or does not fit the streets."""


class DemandError(GeodataError, ValueError):
    """A population file that cannot be read or does not fit the streets."""


class LayerError(GeodataError, ValueError):
    """A layer of demand that cannot be added, or that the atlas does not have."""


class AtlasError(GeodataError, ValueError):
    """An atlas folder that is missing, half-written or of another format."""


class TileError(GeodataError, LookupError):
    """A tile that does not exist."""


class OnlineSearchError(GeodataError, ConnectionError):
    """An online search that does not answer, or may not be asked now."""
