def max_pool(image, size=2):
    result = np.zeros((image.shape[0] / size, image.shape[1] / size))
    for r in range(len(result)):
        for c in range(len(result[0])):
            result[r, c] = image[r*size:r*size+size, c*size:c*size+size].max()
    return result
