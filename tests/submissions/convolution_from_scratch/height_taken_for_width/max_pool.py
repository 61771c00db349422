def max_pool(image, size=2):
    width, height = image.shape
    pooled = np.zeros((height // size, width // size))
    for y in range(height // size):
        for x in range(width // size):
            pooled[y, x] = np.max(image[y * size:(y + 1) * size, x * size:(x + 1) * size])
    return pooled
