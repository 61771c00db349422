def max_pool(image, size=2):
    rows = image.shape[0] // size
    columns = image.shape[1] // size
    result = np.zeros((rows, columns))
    raise NotImplementedError("Not written yet: replace this line by your own code.")
