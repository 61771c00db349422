def max_pool(image, size=2):
    rows, columns = image.shape[0] // size, image.shape[1] // size
    pooled = np.empty((rows, columns))
    for r in range(rows):
        for c in range(columns):
            pooled[r, c] = image[r * size:(r + 1) * size, c * size:(c + 1) * size].mean()
    return pooled
