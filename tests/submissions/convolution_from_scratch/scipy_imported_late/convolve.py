def convolve(image, kernel, weight=1.0):
    from scipy import ndimage

    image = np.array(image, dtype=float)
    result = image.copy()
    result[1:-1, 1:-1] = np.clip(weight * ndimage.correlate(image, np.array(kernel, dtype=float)), 0, 255)[1:-1, 1:-1]
    return result
