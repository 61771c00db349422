"""What happens where the machine fails: each fault at each moment at which something is written.

``python -m tests.faults`` goes through all of them; see ``tests.faults.__main__``. Faults that need
real kernels, trainings or nodes have their tests with what they break; ``tests.faults.elsewhere``
names these.
"""
