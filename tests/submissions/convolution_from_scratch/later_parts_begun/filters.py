EDGES = [[ 0, -1,  0],
         [-1,  4, -1],
         [ 0, -1,  0]]

VERTICAL_LINES = [[-1, 0, 1],
                  [-1, 0, 1],
                  [-1, 0, 1]]
HORIZONTAL_LINES = []
