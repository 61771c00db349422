"""One submission: paths, file rules, parsing, the rebuilt notebook, what is up to date.

Process: grader grade.
"""
