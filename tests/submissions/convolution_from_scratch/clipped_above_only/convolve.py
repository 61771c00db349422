def convolve(image, kernel, weight=1.0):
    image = np.array(image, dtype=float)
    result = np.copy(image)
    for r in range(1, image.shape[0] - 1):
        for c in range(1, image.shape[1] - 1):
            total = 0
            for i in range(3):
                for j in range(3):
                    total = total + image[r - 1 + i][c - 1 + j] * kernel[i][j]
            result[r][c] = min(total * weight, 255)
    return result
