"""Pictures: learning curves and scores, and what figures have in common.

Process: your shell.
"""
