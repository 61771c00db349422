from typing import List, Tuple
SIDE: int = 28
SHAPE: Tuple[int, int, int] = (SIDE, SIDE, 1)
MAXIMUM = 255.0
# %%
def scaled(image: np.ndarray) -> np.ndarray:
    return (image / MAXIMUM).reshape(SHAPE)

assert scaled(np.zeros((28, 28))).shape == SHAPE
