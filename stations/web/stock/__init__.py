"""Supplies, services and visits: what the staff keep of the days at their stations."""
