"""How an epoch is trained: Keras loop, JAX scan loop, checkpoints, determinism.

Process: trainer, trusted.
Touches: processor or GPU, the course's images; files through the store.
"""
