"""The ``grader`` command.

Process: your shell.
Touches: the terminal; all else through the packages below it.
"""

from grader.cli.group import main

__all__ = ["main"]
