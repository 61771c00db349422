def max_pool(image, size=2):
    rows = image.shape[0] - size + 1
    columns = image.shape[1] - size + 1
    result = np.zeros((rows, columns))
    for r in range(rows):
        for c in range(columns):
            result[r, c] = np.max(image[r:r + size, c:c + size])
    return result
