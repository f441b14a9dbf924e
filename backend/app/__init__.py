"""Segue: tracks in, a published mix out."""

import os

# Numpy's linear algebra would start a thread a core for products so small that the threads mostly
# wait for each other: analysing a track takes 9.5 s of processor time with them and 2.4 s without.
# Many cores are used by working on several tracks. Must be set before numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# OpenMP's threads (torch's) spin while they wait for each other. With anything else on the cores,
# another job, ffmpeg or the app, that takes the cores from the threads waited for: a segment of
# Demucs took 20 s of two busy cores, and 4.4 s with threads that sleep. It is read when torch is
# loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
