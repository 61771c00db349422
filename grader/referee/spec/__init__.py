"""What may be trained: recipe and key, allow-list, canonical form, and what it costs.

Process: judge, worker, trainer.
Touches: nothing: it decides from descriptions alone.
"""
