"""The images of a part as a dataset of PyTorch; imported only where PyTorch is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import Dataset

from acne04.core.errors import UsageError
from acne04.samples.label_distribution import count_distribution
from acne04.samples.upright import open_upright


class TorchImages(Dataset):  # type: ignore[misc]
    """Images and their grades, by number: ``dataset[0]``, ``DataLoader(dataset, ...)``.

    It holds nothing but texts and numbers, so that workers of a DataLoader start quickly.

    Parameters
    ----------
    files : sequence of str
        Image files.
    grades : sequence of int
        0 mild to 3 very severe, one a file.
    weights : sequence of (float or None)
        How often an epoch shows each.
    counts : sequence of int, optional
        Lesions of each: then an item has their distribution, too.
    transform : callable, optional
        Gets the upright image (`PIL.Image.Image`, mode RGB); what it gives is the first of an
        item. Must be picklable where a DataLoader has workers.

    Attributes
    ----------
    files : list of str
    grades : list of int
    """

    def __init__(
        self,
        files: Sequence[str],
        grades: Sequence[int],
        weights: Sequence[float | None],
        counts: Sequence[int] | None = None,
        transform: Callable[[Any], Any] | None = None,
    ) -> None:
        self.files = list(files)
        self.grades = list(grades)
        self.transform = transform
        self._weights = list(weights)
        self._counts = None if counts is None else list(counts)

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        """Give image and grade, and where asked for the distribution of the lesion count.

        Raises
        ------
        IndexError
            If there are not so many.
        UnavailableError
            If the file has gone, or does not decode.
        """
        image: Any = open_upright(Path(self.files[index]))
        if self.transform is not None:
            image = self.transform(image)
        if self._counts is None:
            return image, self.grades[index]
        shares = count_distribution(self._counts[index])
        return image, self.grades[index], torch.from_numpy(shares)

    @property
    def weights(self) -> torch.Tensor:
        """How often an epoch shows each image, for `torch.utils.data.WeightedRandomSampler`.

        Raises
        ------
        UsageError
            If an image has no weight, as in a part that nothing is trained on.
        """
        missing = sum(weight is None for weight in self._weights)
        if missing:
            raise UsageError(
                "weights",
                f"{missing:,} of {len(self):,} images have none: their part is not trained on",
                remedy="load the training part, or go without a sampler",
            )
        return torch.tensor(self._weights, dtype=torch.float64)
