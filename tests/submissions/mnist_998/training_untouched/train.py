# Define `model`, made by build_model() and trained, and `history`, what its fit returned.
# YOUR CODE HERE
raise NotImplementedError()
