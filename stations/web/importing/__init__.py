"""Lists of stations that somebody brings: looked at, decided, taken in, taken back."""
