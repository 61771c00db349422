"""What a verdict rests on: questions, answers and the seeds of random draws.

Process: judge, trusted.
"""
