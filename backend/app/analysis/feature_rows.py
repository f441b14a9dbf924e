"""A table of features that grows with a track, kept on disk above some megabytes."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Matrix: TypeAlias = npt.NDArray[np.float32]

# A song of ordinary length stays in memory; all features of three hours would take 250 MB.
_IN_MEMORY_BYTES = 8 << 20


class FeatureRows:
    """Rows of float32, appended in order and read in slices, like an ``(n, n_columns)`` array."""

    def __init__(self, n_columns: int) -> None:
        self._n_columns, self._n_rows = n_columns, 0
        file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115
        weakref.finalize(self, file.close)
        self._file = file

    def append(self, rows: Matrix) -> None:
        """Add rows at the end."""
        self._file.seek(0, 2)
        self._file.write(np.ascontiguousarray(rows, np.float32).tobytes())
        self._n_rows += len(rows)

    def __len__(self) -> int:
        return self._n_rows

    def __getitem__(self, span: slice) -> Matrix:
        start, stop, _ = span.indices(self._n_rows)
        width = 4 * self._n_columns
        self._file.seek(start * width)
        data = self._file.read(max(stop - start, 0) * width)
        return np.frombuffer(data, np.float32).reshape(-1, self._n_columns)

    def array(self) -> Matrix:
        """All rows in memory."""
        return self[:]


RowSource: TypeAlias = Matrix | FeatureRows


def spans(n_rows: int, longest: int) -> Iterator[tuple[int, int]]:
    """Cut ``n_rows`` into spans of at most ``longest`` rows.

    Yields the first and the last row of each; a single span if there are no rows.
    """
    for start in range(0, max(n_rows, 1), longest):
        yield start, min(start + longest, n_rows)


def row_values(
    rows: RowSource, longest: int, value: Callable[[Matrix], npt.NDArray[np.float32]]
) -> npt.NDArray[np.float32]:
    """Compute one value for each row, from at most ``longest`` rows at a time."""
    return np.concatenate([value(rows[a:b]) for a, b in spans(len(rows), longest)])
