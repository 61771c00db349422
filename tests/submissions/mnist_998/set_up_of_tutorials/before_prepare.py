!pip install -q tensorflow matplotlib
%matplotlib inline
%config InlineBackend.figure_format = "retina"
%load_ext autoreload
%autoreload 2
import os
import random
import warnings

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["PYTHONHASHSEED"] = "42"
warnings.filterwarnings("ignore")
random.seed(42)
np.random.seed(42)
tf.random.set_seed(42)
tf.keras.backend.clear_session()
plt.style.use("ggplot")
print("TensorFlow", tf.__version__, "eager:", tf.executing_eagerly())
print("Num GPUs Available:", len(tf.config.list_physical_devices("GPU")))
for gpu in tf.config.experimental.list_physical_devices("GPU"):
    tf.config.experimental.set_memory_growth(gpu, True)
