def convolve(img, k, w=1.0):
    img = np.asarray(img, dtype=np.float32)
    k = np.asarray(k)
    out = np.zeros_like(img)
    out[:] = img
    for y, x in np.ndindex(img.shape[0] - 2, img.shape[1] - 2):
        out[y + 1, x + 1] = min(255, max(0, w * np.vdot(img[y:y + 3, x:x + 3], k)))
    return out
