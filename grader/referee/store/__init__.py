"""The store of runs: epochs on the disk, and what is kept of them.

Process: trainer, your shell.
Touches: the folder runs/.
"""
