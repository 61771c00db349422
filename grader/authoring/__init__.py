"""Begins a new assignment: a small exercise that works, to be rewritten into one's own."""
