"""What the staff have before them: what is to be done today, the list of their stations, edits and proposals."""
