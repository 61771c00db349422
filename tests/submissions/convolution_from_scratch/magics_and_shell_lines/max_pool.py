%%capture
def max_pool(image, size=2):
    rows, columns = [n // size for n in image.shape]
    return np.array([[image[r*size:r*size+size, c*size:c*size+size].max() for c in range(columns)] for r in range(rows)])

max_pool?
