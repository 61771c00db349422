"""What a person marks: questions, a class's answers, and marks in nbgrader's gradebook.

Process: grader grade, nbgrader.
Touches: the gradebook: points and comments that a person gave.
"""
