"""Segue: tracks in, a published mix out."""

import os

# Numpy's linear algebra would start a thread a core for products so small that the threads mostly
# wait for each other: hearing a track takes 9.5 s of processor time with them and 2.4 s without.
# Whoever has many cores to fill does so track by track. It has to be set before numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
