"""The trainings of one submission, as its kernel asks for them and the referee carries them out.

Process: judge, trusted.
Touches: the referee, through its client; no files.
"""
