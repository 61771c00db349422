assert np.allclose(small, ascent[:6, :6])
print(small)
