"""From a rebuilt notebook to verdicts: judge, its process, kernel session, clock.

Process: judge, trusted.
Touches: sandboxes, the referee and scratch folders; never the gradebook or the course's folders.
"""
