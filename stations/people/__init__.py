"""The staff: who they are, what they may do and where, how they sign in, and what is written down of it."""
