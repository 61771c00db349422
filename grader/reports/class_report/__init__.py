"""The report on a class: its content, page, figures, tables, and what is alike.

Process: your shell.
Touches: the folder that the report is written to.
"""
