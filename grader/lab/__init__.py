"""The course in JupyterLab: a class on one machine, to be tried as student and as instructor."""

from grader.lab.session import open_lab

__all__ = ["open_lab"]
