"""The page that a student reads after grading.

Process: your shell.
Touches: nothing: the page is returned.
"""
