"""The course in JupyterLab: a class on one machine, for trying both roles.

Process: your shell, two servers.
Touches: the folder of the lab, two JupyterLabs that it starts and ends.
"""

from grader.lab.session import open_lab

__all__ = ["open_lab"]
