"""What people look at: tables, pictures and pages, from frozen dataclasses.

Process: your shell.
Touches: files that it is told to write: it renders what it is given.
"""
