"""Segue: mixes tracks and publishes the mix."""

import os

#: Version of the product; `pyproject.toml` has the same.
VERSION = "0.2.0"

# One thread for numpy's linear algebra; must be set before numpy is loaded. By default it starts a
# thread for each core, for products so small that the threads mostly wait for each other: analysing
# a track then takes 9.5 s of processor time instead of 2.4 s. Several tracks are processed in
# parallel instead.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Let the threads of OpenMP (used by torch) sleep while they wait; read when torch is loaded. By
# default they spin, and take the cores from the threads for which they wait if another job, ffmpeg
# or the app is busy, too: a segment of Demucs took 20 s of two busy cores, and 4.4 s with sleeping
# threads.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
