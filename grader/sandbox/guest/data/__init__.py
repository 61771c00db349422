"""Values that travel: each type taken apart into JSON and buffers, and rebuilt.

Process: student kernel, not trusted.
Touches: nothing: values become messages, and messages values.
"""
