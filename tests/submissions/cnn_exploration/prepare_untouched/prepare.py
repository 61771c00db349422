def prepare(images):
    """Make pictures ready for a network.

    Args:
        images: array of shape (n, 28, 28), whole numbers from 0 to 255 (uint8).

    Returns:
        A new array of shape (n, 28, 28, 1), floating-point numbers from 0 to 1.
    """
    # YOUR CODE HERE
    raise NotImplementedError("Not written yet: replace this line by your solution, then run the cell again.")
