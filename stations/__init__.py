"""The stations: their records, their opening hours, the questions asked of them, and the doors in front."""
