import json

import pytest
from PIL import Image

from artgan_hf.errors import DataError
from artgan_hf.evaluation.captions import read_captions


@pytest.fixture
def write(tmp_path):
    """Writes COCO captions of two pictures, changed as a test likes."""
    for name in ("a.png", "b.png"):
        Image.new("RGB", (8, 8)).save(tmp_path / name)

    def write(**changes):
        content = {
            "images": [{"id": 5, "file_name": "b.png"}, {"id": 6, "file_name": "a.png"}],
            "annotations": [
                {"image_id": 5, "caption": "A  dog\n on a bed."},
                {"image_id": 6, "caption": "Two cats."},
                {"image_id": 5, "caption": "One dog."},
            ],
        }
        path = tmp_path / "captions.json"
        path.write_text(json.dumps({**content, **changes}))
        return path

    return write


def test_captions_belong_to_their_pictures(write, tmp_path):
    first, second = read_captions(write(), tmp_path)
    assert (first.path, first.captions) == (tmp_path / "a.png", ("Two cats.",))
    assert second.captions == ("A dog on a bed.", "One dog.")
    assert [picture.path.name for picture in read_captions(write(), tmp_path, limit=1)] == ["a.png"]


def test_bad_files_are_named(write, tmp_path):
    with pytest.raises(DataError, match=r"captions\.json has no caption for a\.png"):
        read_captions(write(annotations=[{"image_id": 5, "caption": "x"}]), tmp_path)
    with pytest.raises(DataError, match=r"captions\.json is not in COCO's format for captions \(KeyError: 7\)"):
        read_captions(write(annotations=[{"image_id": 7, "caption": "x"}]), tmp_path)
    with pytest.raises(DataError, match="has no pictures"):
        read_captions(write(images=[], annotations=[]), tmp_path)
    with pytest.raises(DataError, match=r"b\.png is missing, though .*captions\.json"):
        (tmp_path / "b.png").unlink()
        read_captions(write(), tmp_path)
