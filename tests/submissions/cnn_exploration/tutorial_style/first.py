!pip install -q tensorflow seaborn
%matplotlib inline
import warnings
warnings.filterwarnings("ignore")
import seaborn as sns
sns.set_style("darkgrid")
