%reset -f
%load_ext autoreload
%autoreload 2
