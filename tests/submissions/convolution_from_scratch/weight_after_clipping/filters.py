EDGES = [[ 0, -1,  0],
         [-1,  4, -1],
         [ 0, -1,  0]]

VERTICAL_LINES = np.tile([-1 / 3, 2 / 3, -1 / 3], (3, 1))
HORIZONTAL_LINES = VERTICAL_LINES.T
