"""In and out: lists of stations as files, read into records for the registry and written from it."""
