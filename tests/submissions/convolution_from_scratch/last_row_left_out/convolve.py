def convolve(image, kernel, weight=1.0):
    image = np.array(image, dtype=float)
    rows, cols = image.shape
    new_image = image.copy()
    for r in range(1, rows - 2):
        for c in range(1, cols - 2):
            window = image[r-1:r+2, c-1:c+2]
            new_image[r, c] = np.clip(weight * np.sum(window * np.array(kernel)), 0, 255)
    return new_image
