"""The referee: the trusted trainer, and what it is asked for. See docs/referee.md.

Process: worker and its trainer, trusted.
Touches: see its four packages; no notebooks, no gradebook, no code of students.
"""
