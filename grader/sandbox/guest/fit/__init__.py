"""Stands in for ``keras.Model.fit``: the referee trains, and callbacks run in the kernel.

Process: student kernel, not trusted.
Touches: Keras in this kernel; no training is carried out here.
"""
