"""Inspections: what is asked at a station, what was found there, and the tasks that come of it."""
