"""One submission: paths, file rules, parsing, the rebuilt notebook, what is up to date.

Process: grader grade.
Touches: submitted/, which it reads, and the verdict and decision files in autograded/.
"""
