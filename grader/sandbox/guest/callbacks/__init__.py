"""Calls of a student's functions, and what they call of the test's meanwhile.

Process: student kernel, not trusted.
Touches: objects in this kernel.
"""
