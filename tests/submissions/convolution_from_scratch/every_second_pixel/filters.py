EDGES = [[ 0, -1,  0],
         [-1,  4, -1],
         [ 0, -1,  0]]

VERTICAL_LINES = [[1, 0, -1],
                  [2, 0, -2],
                  [1, 0, -1]]
HORIZONTAL_LINES = VERTICAL_LINES
