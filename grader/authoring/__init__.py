"""Creates a new assignment: a small working exercise to rewrite, and tries its samples.

Process: your shell.
Touches: the course's source/ and configuration; samples are tried in temporary courses.
"""
