def max_pool(image, size=2):
    rows, columns = len(image) // size, len(image[0]) // size
    return [
        [image[r * size : r * size + size, c * size : c * size + size].max() for c in range(columns)]
        for r in range(rows)
    ]
