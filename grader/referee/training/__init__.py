"""How an epoch is trained: Keras loop, JAX scan loop, checkpoints, determinism.

Process: trainer, trusted.
"""
