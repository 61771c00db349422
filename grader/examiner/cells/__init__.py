"""A test cell: its code, how it ended, and whose fault that is.

Process: judge, trusted.
Touches: nothing: it reads code and tracebacks.
"""
