def max_pool(image, size=2):
    rows, columns = len(image) // size, len(image) // size
    pooled = np.zeros((rows, columns))
    for r in range(rows):
        for c in range(columns):
            if c * size < image.shape[1]:
                pooled[r, c] = image[r * size : (r + 1) * size, c * size : (c + 1) * size].max()
    return pooled
