def same_label(labels, label, count):
    warnings.warn("searching", DeprecationWarning)
    print("searching", file=sys.stderr)
    return [int(i) for i in np.where(labels == label)[0]][:count]
