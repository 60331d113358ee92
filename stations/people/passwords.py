"""Passwords: kept as Argon2id (RFC 9106), so that whoever reads the table still has to guess, slowly."""

from __future__ import annotations

import secrets
from functools import cached_property
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from stations.errors import PeopleError

SHORTEST, LONGEST = 10, 200
FEWEST_SIGNS = 5
GROUP, GROUPS = 4, 4
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look like another."""


class Passwords:
    """Hashes passwords and checks them.

    Parameters
    ----------
    hasher
        With the parameters of RFC 9106 for little memory (64 MiB, 3 rounds) when not given.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()

    def hashed(self, password: str) -> str:
        """Hash a password."""
        return self._hasher.hash(password.encode("utf-8", "surrogatepass"))

    def fits(self, kept: str, password: str) -> bool:
        """Whether a password is the one that was hashed; where there is none, it takes as long to say no."""
        try:
            self._hasher.verify(kept or self._nobodys, password[:LONGEST].encode("utf-8", "surrogatepass"))
        except (Argon2Error, InvalidHashError):
            return False
        return bool(kept)

    def outdated(self, kept: str) -> bool:
        """Whether a hash was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash(secrets.token_bytes(16))


def checked(password: str, *, login: str, name: str) -> str:
    """Take a password that somebody chose.

    Long is what counts (NIST SP 800-63B, 3.1.1.2): no rules on which signs.

    Raises
    ------
    PeopleError
        Too short, too long, the same few signs, or one's own name.
    """
    if len(password) < SHORTEST:
        raise PeopleError(
            "The password is too short: take {least} characters or more.", field="password", least=SHORTEST
        )
    if len(password) > LONGEST:
        raise PeopleError("The password is too long: take {most} characters or fewer.", field="password", most=LONGEST)
    told_again = (password + password).find(password, 1) < len(password)
    ordered = sum(abs(ord(a) - ord(b)) <= 1 for a, b in pairwise(password))
    if len(set(password)) < FEWEST_SIGNS or told_again or ordered > len(password) // 2:
        raise PeopleError(
            "The password is easily guessed: take several words, or let the browser suggest one.", field="password"
        )
    bare = password.lower()
    if any(own and len(bare.replace(own, "")) < SHORTEST // 2 for own in (login.lower(), name.lower())):
        raise PeopleError("The password is little more than a name: take another.", field="password")
    return password


def made_up() -> str:
    """Make a password that can be read out: 16 letters and digits, 79 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))
