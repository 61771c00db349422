def max_pool(image, size=2):
    if len(image) < size:
        return []
    columns = range(0, len(image[0]) - size + 1, size)
    first = [max(max(row[c:c + size]) for row in image[:size]) for c in columns]
    return [first] + list(max_pool(image[size:], size))
