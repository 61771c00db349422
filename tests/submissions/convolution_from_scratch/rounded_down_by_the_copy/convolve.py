def convolve(image, kernel, weight=1.0):
    image = np.array(image)
    result = image.copy()
    for r in range(1, len(image) - 1):
        for c in range(1, len(image[0]) - 1):
            s = 0.0
            for i in (-1, 0, 1):
                for j in (-1, 0, 1):
                    s += float(image[r + i, c + j]) * kernel[i + 1][j + 1]
            s *= weight
            if s < 0:
                s = 0
            if s > 255:
                s = 255
            result[r, c] = s
    return result
