"""The registry: an append-only log of what is true of each station, and the snapshots read from it."""
