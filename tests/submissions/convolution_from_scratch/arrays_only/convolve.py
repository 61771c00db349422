def convolve(image, kernel, weight=1.0):
    rows, columns = image.shape
    result = image.astype(float)
    total = np.zeros((rows - 2, columns - 2))
    for i in range(3):
        for j in range(3):
            total += image[i : rows - 2 + i, j : columns - 2 + j] * float(kernel[i][j])
    result[1:-1, 1:-1] = np.minimum(np.maximum(weight * total, 0), 255)
    return result
