"""Identifies the course's images in what a student trains on.

Process: student kernel, not trusted.
Touches: the data folder, which it reads.
"""
