import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch

from artgan_hf.errors import MissingExtraError, ModelNotFoundError, OptionError
from artgan_hf.evaluation.detection import open_detector


@pytest.fixture
def torchvision(monkeypatch):
    """Stands in for torchvision, whose Faster R-CNN is 170 MB: its weight enum, its builder, and a model's answer."""
    models = ModuleType("torchvision.models")
    weights = SimpleNamespace(meta={"categories": ["__background__", "person", "N/A", "dog"]})

    class Network(torch.nn.Module):
        def forward(self, images):
            (image,) = images
            assert image.shape == (3, 6, 8)
            assert image.max() == 1
            box = torch.tensor([[1.0, 2.0, 3.0, 4.0]])
            return [{"boxes": box, "scores": torch.tensor([0.9]), "labels": torch.tensor([3])}]

    def get_model_weights(name):
        if name != "fasterrcnn_resnet50_fpn_v2":
            raise ValueError(f"Unknown model {name}")
        return SimpleNamespace(DEFAULT=weights)

    models.get_model_weights = get_model_weights
    models.get_model = lambda name, weights: Network()
    monkeypatch.setitem(sys.modules, "torchvision", ModuleType("torchvision"))
    monkeypatch.setitem(sys.modules, "torchvision.models", models)


def test_torchvisions_numbers_become_the_names_of_its_weights(torchvision):
    detector = open_detector("torchvision")
    assert detector.classes == ("person", "dog")
    found = detector(np.full((6, 8, 3), 255, np.uint8))
    assert found.labels == ("dog",)
    assert found.boxes.tolist() == [[1, 2, 3, 4]]
    with pytest.raises(ModelNotFoundError, match="'nonesuch'"):
        open_detector("torchvision:nonesuch")


def test_without_torchvision_the_message_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "torchvision", None)
    with pytest.raises(MissingExtraError, match=r"artgan-hf\[detection\]"):
        open_detector("torchvision")


@pytest.fixture(scope="module")
def tiny_yolos(tmp_path_factory):
    """A folder with a `transformers` detector of a few random weights."""
    transformers = pytest.importorskip("transformers")
    config = transformers.YolosConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, image_size=[32, 32],
        patch_size=8, num_detection_tokens=5, num_labels=2, id2label={0: "person", 1: "dog"},
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("yolos")
    transformers.YolosForObjectDetection(config).save_pretrained(folder)
    transformers.YolosImageProcessor(size={"height": 32, "width": 32}).save_pretrained(folder)
    return folder


def test_a_transformers_detector_from_a_folder_answers_in_pixels_of_the_picture(tiny_yolos):
    detector = open_detector(str(tiny_yolos))
    assert detector.classes == ("person", "dog")
    boxes, scores, labels = detector(np.full((40, 60, 3), 90, np.uint8))
    assert len(boxes) == len(scores) == len(labels) == 5
    assert set(labels) <= {"person", "dog"}
    assert boxes.max() > 2  # pixels, not fractions


def test_what_is_no_detector_is_said_in_one_line(tmp_path, monkeypatch):
    with pytest.raises(ModelNotFoundError, match="cannot be loaded as an object detector"):
        open_detector(str(tmp_path))
    with pytest.raises(ModelNotFoundError, match=r"yolox\.onnx does not exist"):
        open_detector(str(tmp_path / "yolox.onnx"))
    with pytest.raises(OptionError, match="platform:python_version returned a str"):
        open_detector("platform:python_version")
