def max_pool(image, size=2):
    image = np.asmatrix(image)
    rows, columns = image.shape[0] // size, image.shape[1] // size
    blocks = [
        [image[r * size : r * size + size, c * size : c * size + size].max() for c in range(columns)]
        for r in range(rows)
    ]
    return np.matrix(blocks)
