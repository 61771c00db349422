"""Describes Keras models and their layers.

Process: student kernel, not trusted.
Touches: nothing: it reads models.
"""
