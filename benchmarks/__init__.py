"""Measurements of what people wait for. ``make bench`` runs them all; name some to run only those."""
