"""Photographs: made small, stripped of what is hidden in them, and kept in the registry's database."""
