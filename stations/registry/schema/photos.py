"""Photographs, made small and clean, what they are of, and the private links of those who suggested something."""

from __future__ import annotations

import sqlalchemy as sa

from stations.registry.schema.making import BY_CODE_POINT, METADATA

PHOTO = sa.Table(
    "photo",
    METADATA,
    sa.Column("name", BY_CODE_POINT, primary_key=True),  # SHA-256 of `data`, hexadecimal, and .jpg
    sa.Column("width", sa.Integer, nullable=False),  # pixels
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),  # JPEG
    sa.Column("small", sa.LargeBinary, nullable=False),  # the same, as wide as a thumb
)

PHOTO_OF = sa.Table(
    "photo_of",
    METADATA,
    sa.Column("name", BY_CODE_POINT, nullable=False),
    sa.Column("code", BY_CODE_POINT, nullable=False),  # of the station
    sa.Column("what", BY_CODE_POINT, nullable=False),  # station, inspection or suggestion: what it was taken for
    sa.Column("township", BY_CODE_POINT, nullable=False),  # of the station, when it came
    sa.Column("who", BY_CODE_POINT, nullable=False),  # log-in name, or empty
    sa.Column("at", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC
    sa.PrimaryKeyConstraint("name", "code", "what", name="photo_of_pkc"),
    sa.Index("photo_of_code", "code", "what"),
)

SUGGESTED = sa.Table(
    "suggested",
    METADATA,
    sa.Column("mark", BY_CODE_POINT, primary_key=True),  # SHA-256 of what the link holds, hexadecimal
    sa.Column("code", BY_CODE_POINT, nullable=False),  # of the station
    sa.Column("number", sa.Integer, nullable=False),  # of the proposal that it became
    sa.Index("suggested_number", "number"),
)
