"""What a test cell may touch around a question, so that it means what it means in a notebook.

Process: judge, trusted.
Touches: the test cell's folder, streams, seeds and modules, which it restores.
"""
