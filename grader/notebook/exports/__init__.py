"""Grades as files for learning platforms; each exporter is also a plugin of ``nbgrader export``.

Process: your shell.
Touches: the gradebook, which it reads, and the file that it writes.
"""
