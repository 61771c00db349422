"""What people look at: tables, pictures and pages, from frozen dataclasses.

Process: your shell.
"""
