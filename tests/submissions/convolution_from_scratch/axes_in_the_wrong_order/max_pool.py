def max_pool(image, size=2):
    rows, columns = image.shape[0] // size, image.shape[1] // size
    image = np.resize(image, (rows * size, columns * size))
    return image.reshape(rows, columns, size, size).max(axis=(2, 3))
