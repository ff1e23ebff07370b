import io
import json
from types import SimpleNamespace

import numpy as np
import PIL.Image
import pytest

from artgan_hf.codecs import degrade
from artgan_hf.errors import DataError
from artgan_hf.evaluation.identity import evaluate_identity
from artgan_hf.types import Restored


class Brightness:
    """A face is its mean brightness; black has none."""

    name = "brightness"

    def __call__(self, versions):
        if versions[0].max() == 0:
            raise DataError("no face")
        return np.array([[one.mean(), 0.0] for one in versions])


@pytest.fixture
def faces(tmp_path):
    folder = tmp_path / "faces"
    folder.mkdir()
    for name, level in {"a": 40, "b": 100, "c": 220, "d": 0}.items():
        PIL.Image.new("RGB", (16, 16), (level,) * 3).save(folder / f"{name}.png")
    return folder


def brighter(by):
    def restore(file):
        pixels = np.asarray(PIL.Image.open(io.BytesIO(file))).astype(int) + by
        return Restored(PIL.Image.fromarray(pixels.clip(0, 255).astype(np.uint8)), 10, f"by {by}", 0.1)

    return SimpleNamespace(name=f"by {by}", restore=restore)


def test_distances_are_to_ones_own_original_and_strangers_are_counted(faces):
    report = evaluate_identity(Brightness(), faces, [brighter(4), brighter(35)], [90])
    jpeg, little, much = report.rows
    shown = degrade(np.full((16, 16, 3), 100, np.uint8), 90).mean()
    assert jpeg.distances["b.png"] == pytest.approx(abs(shown - 100))
    assert little.distances["b.png"] == pytest.approx(abs(shown + 4 - 100))
    assert (little.recognised, much.recognised) == (3, 2)  # the first face, 35 brighter, is nearer to the second
    assert report.strangers == pytest.approx((60 + 180 + 120) / 3)
    assert much.worst in ("a.png", "b.png", "c.png")


def test_pictures_without_a_face_are_left_out_and_listed(faces):
    report = evaluate_identity(Brightness(), faces, [], [10])
    assert (report.faces, report.left_out) == (3, ("d.png",))
    for path in faces.glob("[abc].png"):
        path.unlink()
    with pytest.raises(DataError, match="brightness found no face in any of the 1 pictures"):
        evaluate_identity(Brightness(), faces, [], [10])


def test_the_report_is_a_table_json_and_markdown(faces):
    report = evaluate_identity(Brightness(), faces, [brighter(4)], [10, 90])
    lines = report.table().splitlines()
    assert "1 pictures without a face left out" in lines[0]
    assert lines[1].split() == ["quality", "version", "distance", "largest", "recognised"]
    assert [line.split()[0] for line in lines[2:]] == ["10", "10", "90", "90"]
    content = json.loads(json.dumps(report.as_dict(), allow_nan=False))
    assert set(content["rows"][1]["distances"]) == {"a.png", "b.png", "c.png"}
    assert "| by 4 | 90 |" in report.markdown()
