"""Cosines of vectors, and which place the right answer has among all.

Shapes: R rows to judge, C columns to choose from, E embedding.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from trainer.evaluation.files import Floats


def cosines(row_RE: Floats, column_CE: Floats) -> Floats:
    """(R, C) cosines of unit rows; equal columns have equal ones.

    A float32 product rounds according to a column's place, and so would break ties by chance.
    """
    exact: npt.NDArray[np.float64] = row_RE.astype(np.float64) @ column_CE.T.astype(np.float64)
    return exact.astype(np.float32)


def label_ranks(scores_RC: Floats, right_R: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """How many columns of each row come before the right one.

    Equal scores keep the order of the columns, as in a stable sort: a model to which everything
    is the same is right by chance alone.
    """
    right_R1 = right_R[:, None]
    own_R1 = np.take_along_axis(scores_RC, right_R1, 1)
    tied_before = (scores_RC == own_R1) & (np.arange(scores_RC.shape[1]) < right_R1)
    ranks: npt.NDArray[np.int64] = ((scores_RC > own_R1) | tied_before).sum(axis=1)
    return ranks
