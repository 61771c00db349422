def convolve(image, kernel, weight=1.0):
    image = array(image, dtype=float)
    result = image.copy()
    rows, columns = image.shape
    total = zeros((rows - 2, columns - 2))
    for i in range(3):
        for j in range(3):
            total += image[i:i + rows - 2, j:j + columns - 2] * kernel[i][j]
    result[1:-1, 1:-1] = clip(weight * total, 0, 255)
    return result
