"""For planners: who is not served, where, and when."""
