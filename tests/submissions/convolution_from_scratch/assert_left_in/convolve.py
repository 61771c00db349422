def convolve(image, kernel, weight=1.0):
    image = np.array(image, dtype=float)
    assert image.shape[0] == image.shape[1]
    rows, columns = image.shape
    total = np.zeros((rows - 2, columns - 2))
    for i in range(3):
        for j in range(3):
            total += image[i:rows-2+i, j:columns-2+j] * kernel[i][j]
    result = image.copy()
    result[1:-1, 1:-1] = np.clip(weight * total, 0, 255)
    return result
