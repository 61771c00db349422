"""Tables on the terminal.

Process: your shell.
Touches: nothing: tables are returned.
"""
