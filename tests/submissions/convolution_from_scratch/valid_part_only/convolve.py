def convolve(image, kernel, weight=1.0):
    image = np.array(image, dtype=float)
    kernel = np.array(kernel)
    rows, columns = image.shape
    output = np.zeros((rows - 2, columns - 2))
    for y in range(rows - 2):
        for x in range(columns - 2):
            output[y, x] = weight * np.sum(image[y:y + 3, x:x + 3] * kernel)
    return np.clip(output, 0, 255)
