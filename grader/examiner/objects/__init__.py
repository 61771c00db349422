"""What stands in the examiner for the student's objects, classes and exceptions.

Process: judge, trusted.
Touches: the student's kernel, through questions only.
"""
