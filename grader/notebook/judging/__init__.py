"""From a rebuilt notebook to verdicts: judge, its process, kernel session, clock.

Process: judge, trusted.
"""
