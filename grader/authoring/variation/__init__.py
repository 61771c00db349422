"""Changes the numbers of an exercise for another year: what may change, and the change itself.

Process: your shell.
Touches: the course's source/ and variations/.
"""
