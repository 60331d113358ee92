"""Notices: what one is told of, and the webhooks of one's area."""
