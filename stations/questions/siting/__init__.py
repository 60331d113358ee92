"""Siting: where the next stations should go, and the proof of how good that is."""
