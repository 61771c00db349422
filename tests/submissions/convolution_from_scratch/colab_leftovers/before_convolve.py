try:
    import google.colab
    IN_COLAB = True
except ImportError:
    IN_COLAB = False
random_seed = 42
