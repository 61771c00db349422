def max_pool(image, size=2):
    pooled = []
    for r in range(image.shape[0] // size):
        pooled.append([])
        for c in range(image.shape[1] // size):
            block = image[r*size:(r+1)*size, c*size:(c+1)*size]
            biggest = block.max()
            pooled[-1].append(biggest)
    pooled = np.array(pooled)
    print(pooled.shape, pooled)
    show(image, pooled, titles=["before", "after"])
    return pooled
