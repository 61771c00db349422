"""Sanitises what leaves a student's kernel: text, images, outputs.

Process: judge, trusted.
"""
