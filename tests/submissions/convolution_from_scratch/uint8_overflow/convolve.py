def convolve(image, kernel, weight=1.0):
    image = np.array(image)
    result = image.copy()
    rows, columns = image.shape
    total = 0
    for i in range(3):
        for j in range(3):
            total = total + image[i : rows - 2 + i, j : columns - 2 + j] * kernel[i][j]
    result[1:-1, 1:-1] = np.clip(weight * total, 0, 255)
    return result
