"""A class graded in front of a person, a made-up class, and the copies of the course they need.

Process: your shell.
"""
