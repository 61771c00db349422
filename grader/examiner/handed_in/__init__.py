"""What a test hands to a student's code, and what that code may do with it.

Process: judge, trusted.
"""
