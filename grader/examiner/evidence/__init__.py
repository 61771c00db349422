"""What a verdict rests on: questions, answers and the seeds of random draws.

Process: judge, trusted.
Touches: nothing: what it notes is handed on.
"""
