def new_row(image, r, kernel, weight):
    row = list(image[r])
    for c in range(1, len(row) - 1):
        total = sum(float(image[r - 1 + i][c - 1 + j]) * kernel[i][j] for i in range(3) for j in range(3))
        row[c] = sorted([0, weight * total, 255])[1]
    return row

def convolve(image, kernel, weight=1.0, r=1, rows=None):
    if rows is None:
        rows = [list(image[0])]
    if r == len(image) - 1:
        return rows + [list(image[-1])]
    rows.append(new_row(image, r, kernel, weight))
    return convolve(image, kernel, weight, r + 1, rows)
