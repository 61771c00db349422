"""Creates a new assignment: a small working exercise to rewrite, and tries its samples.

Process: your shell.
"""
