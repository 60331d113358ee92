"""Inspections at the desk: which station is due, the sheet one fills in there, and what came of it."""
