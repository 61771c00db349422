"""A class graded in front of a person, a made-up class, and the copies of the course they need.

Process: your shell.
Touches: the terminal, and folders that it made itself: it empties only those that bear its mark.
"""
