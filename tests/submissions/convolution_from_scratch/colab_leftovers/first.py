from google.colab import drive
drive.mount('/content/drive')
# %%
!pip install -q scikit-image
%matplotlib inline
%cd /content/drive/MyDrive
# %%
import os, sys, random
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
gpu = tf.config.list_physical_devices('GPU')[0]
