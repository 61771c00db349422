max_pool = lambda image, size=2: np.array([
    [image[r:r + size, c:c + size].max() for c in range(0, image.shape[1] // size * size, size)]
    for r in range(0, image.shape[0] // size * size, size)
])
