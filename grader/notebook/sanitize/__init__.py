"""Sanitises what leaves a student's kernel: text, images, outputs.

Process: judge, trusted.
Touches: nothing: from text, pictures and outputs to harmless ones.
"""
