import json

import pytest
from PIL import Image

from artgan_hf.errors import DataError
from artgan_hf.evaluation.detection import read_annotations

VOC = """<annotation><filename>a.png</filename><size><width>40</width><height>30</height><depth>3</depth></size>
<object><name>tvmonitor</name><bndbox><xmin>1</xmin><ymin>3</ymin><xmax>10</xmax><ymax>12</ymax></bndbox></object>
<object><name>dog</name><difficult>1</difficult>
<bndbox><xmin>5</xmin><ymin>5</ymin><xmax>6</xmax><ymax>6</ymax></bndbox></object></annotation>"""


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        Image.new("RGB", (40, 30)).save(folder / name)
    return folder


@pytest.fixture
def coco(tmp_path):
    """Writes COCO annotations, changed as a test likes."""

    def write(**changes):
        content = {
            "images": [
                {"id": 7, "file_name": "b.png", "width": 40, "height": 30},
                {"id": 3, "file_name": "a.png", "width": 40, "height": 30},
            ],
            "categories": [{"id": 1, "name": "person"}, {"id": 90, "name": "toothbrush"}],
            "annotations": [
                {"image_id": 7, "category_id": 90, "bbox": [1, 2, 10, 20], "area": 150, "iscrowd": 0},
                {"image_id": 7, "category_id": 1, "bbox": [0, 0, 5, 5], "iscrowd": 1},
            ],
        }
        path = tmp_path / "instances.json"
        path.write_text(json.dumps({**content, **changes}))
        return path

    return write


def test_coco_boxes_become_corners_with_names(coco, pictures):
    empty, full = read_annotations(coco(), pictures)
    assert (empty.path.name, len(empty.boxes)) == ("a.png", 0)
    assert full.boxes.tolist() == [[1, 2, 11, 22], [0, 0, 5, 5]]
    assert full.labels == ("toothbrush", "person")
    assert full.areas.tolist() == [150, 25]
    assert full.ignored.tolist() == [False, True]
    assert full.size == (40, 30)


def test_voc_counts_from_one_includes_the_last_pixel_and_uses_other_words(tmp_path, pictures):
    (tmp_path / "Annotations").mkdir()
    (tmp_path / "Annotations" / "a.xml").write_text(VOC)
    (picture,) = read_annotations(tmp_path / "Annotations", pictures)
    assert picture.boxes.tolist() == [[0, 2, 10, 12], [4, 4, 6, 6]]
    assert picture.labels == ("tv", "dog")
    assert picture.ignored.tolist() == [False, True]
    assert (picture.path, picture.size) == (pictures / "a.png", (40, 30))


def test_the_limit_takes_the_first_by_name(coco, pictures):
    boxed = [{"image_id": 3, "category_id": 1, "bbox": [0, 0, 5, 5]}]
    assert [picture.path.name for picture in read_annotations(coco(annotations=boxed), pictures, limit=1)] == ["a.png"]


def test_bad_files_are_named(coco, pictures, tmp_path):
    with pytest.raises(DataError, match=r"missing\.json does not exist"):
        read_annotations(tmp_path / "missing.json", pictures)
    with pytest.raises(DataError, match=r"instances\.json is not in COCO's format .*'id'"):
        read_annotations(coco(images=[{}]), pictures)
    with pytest.raises(DataError, match=r"c\.png is missing, though .*instances\.json"):
        read_annotations(coco(images=[{"id": 1, "file_name": "c.png"}], annotations=[]), pictures)
    with pytest.raises(DataError, match="has no boxes"):
        read_annotations(coco(annotations=[]), pictures)
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(DataError, match=r"broken\.json cannot be read"):
        read_annotations(tmp_path / "broken.json", pictures)
    with pytest.raises(DataError, match="nowhere is not a folder"):
        read_annotations(coco(), tmp_path / "nowhere")


def test_bad_voc_files_are_named(pictures, tmp_path):
    folder = tmp_path / "Annotations"
    folder.mkdir()
    with pytest.raises(DataError, match="holds no XML"):
        read_annotations(folder, pictures)
    (folder / "a.xml").write_text("<annotation><object><name>dog</name></object></annotation>")
    with pytest.raises(DataError, match=r"a\.xml is not a VOC annotation \(no <bndbox> with <xmin>"):
        read_annotations(folder, pictures)
    (folder / "a.xml").write_text("<annotation>")
    with pytest.raises(DataError, match=r"a\.xml is not a VOC annotation"):
        read_annotations(folder, pictures)
