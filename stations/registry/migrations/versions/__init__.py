"""One module for each schema. Each is frozen: it says itself what it needs and imports nothing of the program."""
