"""What a test hands to a student's code, and what that code may do with it.

Process: judge, trusted.
Touches: nothing but what a test hands in; it decides what a kernel may ask of that.
"""
