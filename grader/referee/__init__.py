"""The referee: the trusted trainer, and what it is asked for. See docs/referee.md.

Process: worker and its trainer, trusted.
"""
