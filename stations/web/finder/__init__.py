"""For those who look for a station."""
