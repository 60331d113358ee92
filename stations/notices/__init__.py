"""Notices by mail and by webhook: what is to be told is found in the log and beside it, and told until it is heard."""
