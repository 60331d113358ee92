"""What stations hold, what is served at them, and how many come."""
