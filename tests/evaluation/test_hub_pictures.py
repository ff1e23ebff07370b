import numpy as np
import PIL.Image
import pytest

from artgan_hf.errors import DataError
from artgan_hf.evaluation.hub_pictures import fetch_pictures, picture_folder

pytest.importorskip("datasets").disable_progress_bars()


@pytest.fixture
def dataset(tmp_path):
    """A folder that `datasets` reads as a dataset with a split "test"."""
    for number in range(3):
        path = tmp_path / "set" / "test" / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        PIL.Image.fromarray(np.full((8, 9, 3), 10 * number, np.uint8)).save(path)
    return tmp_path / "set"


def test_a_datasets_pictures_are_kept_as_files_in_its_order(dataset, tmp_path):
    folder = fetch_pictures(str(dataset), "test", tmp_path / "kept", limit=2)
    assert [path.name for path in sorted(folder.iterdir())] == ["000000.png", "000001.png"]
    (folder / "000000.png").write_bytes(b"kept")
    assert fetch_pictures(str(dataset), "test", tmp_path / "kept") == folder
    assert (folder / "000000.png").read_bytes() == b"kept"
    with PIL.Image.open(folder / "000002.png") as last:
        assert (last.size, last.getpixel((0, 0))) == ((9, 8), (20, 20, 20))


def test_a_folder_is_taken_as_it_is(dataset, tmp_path, monkeypatch):
    assert picture_folder(dataset) == dataset
    assert picture_folder(tmp_path / "nowhere") == tmp_path / "nowhere"
    monkeypatch.chdir(tmp_path)
    assert picture_folder("set/test").is_dir()


def test_what_is_neither_folder_nor_dataset_is_said_to_be_neither(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)  # the variable was read at the import
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)
    with pytest.raises(DataError, match="some/where is no folder here, and as a dataset"):
        picture_folder("some/where")
