SIZE = 3
BLACK, WHITE = 0, 255
photo = ascent.astype("float32")
print("mean of the photo", photo.mean())
# %%
from dataclasses import dataclass
from typing import List, Sequence, Tuple

@dataclass
class Limits:
    low: float = BLACK
    high: float = WHITE

    def apply(self, value: float) -> float:
        return self.low if value < self.low else self.high if value > self.high else value

limits = Limits()
# %%
def window(image: np.ndarray, r: int, c: int) -> np.ndarray:
    half = SIZE // 2
    return image[r - half:r + half + 1, c - half:c + half + 1]

assert window(np.arange(9).reshape(3, 3), 1, 1).shape == (SIZE, SIZE)
