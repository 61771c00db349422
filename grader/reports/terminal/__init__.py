"""Tables on the terminal.

Process: your shell.
"""
