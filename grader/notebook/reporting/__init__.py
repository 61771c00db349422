"""Gathers the content of pages from verdicts, gradebook and notebooks.

Process: your shell.
Touches: gradebook and autograded/, which it reads.
"""
