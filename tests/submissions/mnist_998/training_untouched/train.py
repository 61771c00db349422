# Define `model`, made by build_model() and trained, and `history`, what its fit returned.
# YOUR CODE HERE
raise NotImplementedError("Not written yet: replace this line by your solution, then run the cell again.")
