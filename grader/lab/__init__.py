"""The course in JupyterLab: a class on one machine, for trying both roles.

Process: your shell, two servers.
"""

from grader.lab.session import open_lab

__all__ = ["open_lab"]
