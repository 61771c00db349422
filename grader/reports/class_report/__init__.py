"""The report on a class: its content, page, figures, tables, and what is alike.

Process: your shell.
"""
