"""What a test and a student's code have around a question: files, seeds, outputs, figures.

Process: student kernel, not trusted.
Touches: the scratch folder, streams, seeds and figures of this kernel.
"""
