"""Pictures from `datasets`, made on the spot: nothing is downloaded."""

import io
import logging

import numpy as np
import pytest
from PIL import Image
from torch.utils.data import DataLoader

from artgan_hf.data import DatasetSource, JpegDegradation
from artgan_hf.data.module import PairDataModule
from artgan_hf.data.patches import PatchPairs
from artgan_hf.errors import DataError

datasets = pytest.importorskip("datasets")
datasets.disable_progress_bars()
SIDE = 48


def png(level, side=SIDE):
    stream = io.BytesIO()
    Image.new("RGB", (side, side), (level, level, level)).save(stream, format="PNG")
    return {"bytes": stream.getvalue(), "path": None}


def dataset(levels, column="image", **more):
    features = datasets.Features({column: datasets.Image(), **dict.fromkeys(more, datasets.Value("string"))})
    rows = {column: [png(level) if isinstance(level, int) else level for level in levels], **more}
    return datasets.Dataset.from_dict(rows, features=features)


def levels_of(images):
    return sorted(int(image[0, 0, 0]) for image in images)


def opened(path, held_out=0.25, **options):
    return DatasetSource(str(path), **options).open(held_out, SIDE, None)


@pytest.fixture
def parquet(tmp_path):
    """A folder with four files of five pictures each, every one of another grey."""
    for shard in range(4):
        file = tmp_path / "data" / f"train-{shard:05d}-of-00004.parquet"
        file.parent.mkdir(exist_ok=True)
        dataset(list(range(5 * shard, 5 * shard + 5))).to_parquet(file)
    return tmp_path / "data"


def test_a_saved_dataset_is_split_like_a_folder(tmp_path):
    dataset(range(8), label=list("abcdefgh")).save_to_disk(tmp_path / "saved")
    training, held_out = opened(tmp_path / "saved")
    assert levels_of(held_out) == [0, 4]
    assert levels_of(training[i] for i in range(len(training))) == [1, 2, 3, 5, 6, 7]
    assert training[0].shape == (SIDE, SIDE, 3)


def test_splits_of_a_saved_dictionary_are_taken_by_name(tmp_path):
    both = datasets.DatasetDict({"train": dataset([1, 2]), "test": dataset([3, 4])})
    both.save_to_disk(tmp_path / "saved")
    assert levels_of(opened(tmp_path / "saved", 0, split="test").training) == [3, 4]
    with pytest.raises(DataError, match="split 'dev', cannot be opened"):
        opened(tmp_path / "saved", split="dev")


def test_a_folder_of_pictures_and_parquet_files_are_datasets_too(tmp_path, parquet):
    cache = {"cache_dir": str(tmp_path / "cache")}
    assert levels_of(opened(parquet, 0, options=cache).training) == list(range(20))
    (tmp_path / "pictures").mkdir()
    for level in (7, 8):
        (tmp_path / "pictures" / f"{level}.png").write_bytes(png(level)["bytes"])
    source = {"options": {"data_dir": str(tmp_path / "pictures"), **cache}}
    assert levels_of(opened("imagefolder", 0, **source).training) == [7, 8]


def test_a_stream_gives_every_picture_but_the_held_out_ones_and_begins_anew(parquet, monkeypatch):
    monkeypatch.setattr(datasets.config, "SLEEP_TIME_ON_THREADS_SHUTDOWN", 0)  # seconds at the end of each pass
    training, held_out = opened(parquet, streaming=True, held_out_pictures=3, shuffle_buffer=4)
    assert levels_of(held_out) == [0, 1, 2]
    first, second = ([int(training[i][0, 0, 0]) for i in range(17)] for _ in range(2))
    assert sorted(first) == sorted(second) == list(range(3, 20))
    assert first != second


def test_workers_read_different_files_of_a_stream(parquet):
    training, _ = opened(parquet, 0, streaming=True, shuffle_buffer=1)
    pairs = PatchPairs(training, JpegDegradation(clean=1), patch_px=SIDE - 16, length=20)
    loader = DataLoader(pairs, batch_size=1, num_workers=2)
    greys = [round(255 * batch.clean.mean().item()) for batch in loader]
    assert sorted(greys) == list(range(20))


def test_there_are_no_more_workers_than_files_of_a_stream(tmp_path):
    dataset(range(4)).save_to_disk(tmp_path / "saved")
    source = DatasetSource(str(tmp_path / "saved"), streaming=True, held_out_pictures=2)
    module = PairDataModule(
        [], JpegDegradation(), source=source, batch_size=4, steps_per_epoch=3, patch_px=32, workers=2
    )
    module.setup()
    assert module.workers == 1
    assert len(module.train_dataloader()) == 3
    assert len(module.val_dataloader()) == 2


def test_a_saved_dataset_streams(tmp_path):
    dataset(range(4)).save_to_disk(tmp_path / "saved")
    training, _ = opened(tmp_path / "saved", 0, streaming=True)
    assert levels_of(training[i] for i in range(4)) == [0, 1, 2, 3]


def test_broken_and_missing_pictures_are_passed_over(tmp_path, caplog):
    broken = {"bytes": b"no picture", "path": None}
    dataset([1, broken, None, 4, 5, broken]).save_to_disk(tmp_path / "saved")
    for streaming in (False, True):
        caplog.clear()
        training, _ = opened(tmp_path / "saved", 0, streaming=streaming)
        pairs = PatchPairs(training, JpegDegradation(clean=1), patch_px=SIDE - 16, length=12)
        with caplog.at_level(logging.WARNING):
            greys = {round(255 * pairs[i].clean.mean().item()) for i in range(12)}
        assert greys == {1, 4, 5}
        assert len(caplog.records) == 1
    assert levels_of(opened(tmp_path / "saved", 0.5).held_out) == [1, 5]


def test_the_column_is_found_or_asked_for(tmp_path):
    two = datasets.concatenate_datasets([dataset([1], "before"), dataset([2], "after")], axis=1)
    two.save_to_disk(tmp_path / "two")
    with pytest.raises(DataError, match=r"2 columns of pictures; name the column \(it has: before, after\)"):
        opened(tmp_path / "two")
    assert levels_of(opened(tmp_path / "two", 0, column="after").training) == [2]
    with pytest.raises(DataError, match="no column 'photo'; its columns are before, after"):
        opened(tmp_path / "two", column="photo")


def test_what_is_no_dataset_is_named(tmp_path):
    with pytest.raises(DataError, match=r"nowhere, split 'train', cannot be opened as a dataset"):
        opened(tmp_path / "nowhere")


def test_a_module_trains_on_a_dataset_and_validates_on_its_middle(tmp_path):
    dataset(range(8)).save_to_disk(tmp_path / "saved")
    source = DatasetSource(str(tmp_path / "saved"))
    module = PairDataModule(
        [], [JpegDegradation(10, 10), JpegDegradation(60, 60)], source=source, patch_px=32, batch_size=8,
        steps_per_epoch=2, workers=0, held_out=0.25, validation_px=40,
    )  # fmt: skip
    module.setup()
    batches = list(module.train_dataloader())
    assert [batch.clean.shape for batch in batches] == [(8, 3, 32, 32)] * 2
    assert {int(quality) for batch in batches for quality in batch.quality} == {10, 60}
    validation = list(module.val_dataloader())
    assert [tuple(pair.degraded.shape) for pair in validation] == [(1, 3, 40, 40)] * 2
    assert np.unique([int(pair.quality) for pair in validation]).tolist() == [10]
