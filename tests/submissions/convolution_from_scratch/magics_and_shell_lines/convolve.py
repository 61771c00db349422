%%time
!pip install numpy
%matplotlib inline
import numpy as np
import matplotlib.pyplot as plt

def convolve(image, kernel, weight=1.0):
    image = np.array(image, dtype=float)
    result = image.copy()
    total = sum(image[i:image.shape[0] - 2 + i, j:image.shape[1] - 2 + j] * kernel[i][j]
                for i in range(3) for j in range(3))
    result[1:-1, 1:-1] = np.clip(weight * total, 0, 255)
    return result

result = convolve(ascent[:20, :20], [[1, 1, 1]] * 3, 1 / 9)
%timeit -n 1 -r 1 convolve(ascent[:20, :20], [[1, 1, 1]] * 3)
