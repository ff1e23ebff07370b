"""Restorers inside the machinery of others: `datasets` maps in processes, torch's DataLoader in its workers."""

import pickle

import numpy as np
import pytest
import torch
from PIL import Image
from toy_models import toy_restorer

pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning:multiprocess.*", "ignore:.*fork.*:DeprecationWarning"
)


@pytest.fixture
def photos(tmp_path):
    """Five small JPEG files of different sizes."""
    pixels = np.random.default_rng(0)
    paths = []
    for number in range(5):
        small = Image.fromarray(pixels.integers(0, 256, (4, 6, 3), dtype=np.uint8))
        paths.append(str(tmp_path / f"{number}.jpg"))
        small.resize((40 + 4 * number, 32)).save(paths[-1], quality=20)
    return paths


@pytest.fixture
def restorer():
    return toy_restorer()


def as_array(image):
    return np.asarray(image.convert("RGB"), int)


@pytest.mark.parametrize("processes", [None, 2])
def test_a_dataset_is_mapped_in_batches_by_processes(photos, restorer, processes, tmp_path):
    datasets = pytest.importorskip("datasets", reason="needs the [train] extra")
    dataset = datasets.Dataset.from_dict({"image": photos}).cast_column("image", datasets.Image())

    def restore(batch):
        return {"restored": restorer(batch["image"])}

    features = datasets.Features({**dataset.features, "restored": datasets.Image()})
    mapped = dataset.map(
        restore, batched=True, batch_size=2, num_proc=processes, features=features,
        cache_file_name=str(tmp_path / "cache.arrow"),
    )  # fmt: skip
    for row, path in zip(mapped, photos, strict=True):
        assert row["restored"].size == row["image"].size
        assert np.abs(as_array(row["restored"]) - as_array(restorer(path))).max() <= 1


class RestoredPhotos(torch.utils.data.Dataset):
    def __init__(self, paths, restorer):
        self.paths, self.restorer = paths, restorer

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        restored = self.restorer(self.paths[index])
        return torch.from_numpy(np.array(restored)[:32, :40])


@pytest.mark.parametrize("context", ["fork", "spawn"])
def test_a_dataloader_restores_in_its_workers(photos, restorer, context):
    loader = torch.utils.data.DataLoader(
        RestoredPhotos(photos, restorer), batch_size=2, num_workers=2, multiprocessing_context=context
    )
    restored = torch.cat(list(loader))
    assert restored.shape == (5, 32, 40, 3)
    for row, path in zip(restored, photos, strict=True):
        assert np.abs(row.numpy().astype(int) - as_array(restorer(path))[:32, :40]).max() <= 1


def test_a_pickle_is_as_large_as_the_model_and_restores_alike(photos, restorer):
    restorer(photos[0])  # what it has worked out meanwhile does not travel
    stored = pickle.dumps(restorer)
    weights = sum(tensor.numel() * 4 for tensor in restorer.network.state_dict().values())
    assert len(stored) < weights + 30_000
    again = pickle.loads(stored)
    assert np.array_equal(as_array(again(photos[0])), as_array(restorer(photos[0])))
