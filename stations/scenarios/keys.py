"""The planners' key: who knows it may save plans, take them away, and make stations of them."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from functools import cached_property

from stations.registry.keys import secret_for_cookies
from stations.registry.stores import Store

PURPOSE = b"planning key 1"
GROUP, GROUPS = 5, 6
"""Five letters or digits six times: 150 bits, and still to be read out on the telephone."""


class PlanningKey:
    """The key of one installation: the one that was set, else one that follows from the registry's secret.

    Parameters
    ----------
    given
        As it was set; empty for the other.
    secret
        Gives the registry's secret.
    """

    def __init__(self, given: str, secret: Callable[[], bytes]) -> None:
        self._given = given
        self._secret = secret

    @classmethod
    def of(cls, store: Store, given: str) -> PlanningKey:
        """Take the secret of a registry."""
        return cls(given, lambda: secret_for_cookies(store.reading, store.writing))

    @property
    def is_set(self) -> bool:
        """Whether somebody set it, so that it does not follow from the registry."""
        return bool(self._given)

    def key(self) -> str:
        """Give it, as it is entered.

        Raises
        ------
        RegistryError
            The registry's secret cannot be read.
        """
        return self._given or self._derived

    def fits(self, text: str) -> bool:
        """Whether a text is the key; it takes the same time whatever is wrong with it.

        Raises
        ------
        RegistryError
            The registry's secret cannot be read.
        """
        key, entered = self.key(), text.strip()
        if not self._given:
            # What we made ourselves may be read out and typed: case and hyphens play no part.
            key, entered = _bare(key), _bare(entered)
        return hmac.compare_digest(key.encode(), entered.encode("utf-8", "surrogatepass"))

    @cached_property
    def _derived(self) -> str:
        digest = hmac.digest(self._secret(), PURPOSE, "sha256")
        # Base 32 of RFC 4648 has neither 0 nor 1, and so nothing that looks like O or I.
        letters = base64.b32encode(digest).decode().lower()
        return "-".join(letters[GROUP * at : GROUP * (at + 1)] for at in range(GROUPS))


def _bare(text: str) -> str:
    return text.lower().replace("-", "").replace(" ", "")
