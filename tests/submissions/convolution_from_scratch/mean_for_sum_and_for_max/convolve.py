def convolve(image, kernel, weight=1.0):
    image = np.array(image, dtype=float)
    rows, columns = image.shape
    products = [
        image[i:rows-2+i, j:columns-2+j] * kernel[i][j] for i in range(3) for j in range(3)
    ]
    result = image.copy()
    result[1:-1, 1:-1] = np.clip(weight * np.mean(products, axis=0), 0, 255)
    return result
