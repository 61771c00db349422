same_label?
%timeit -n 1 -r 1 same_label(test_labels, 9, 3)
