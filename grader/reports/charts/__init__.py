"""Pictures: learning curves and scores, and what figures have in common.

Process: your shell.
Touches: the file that a picture is written to.
"""
