"""Photos of stations: shown to anybody whose station shows them, kept at the desk; and what passers-by suggest."""
