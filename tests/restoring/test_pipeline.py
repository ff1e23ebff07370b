import numpy as np
import pytest

from artgan_hf import ModelNotFoundError, OptionError, Restorer, pipeline
from tests.toy_models import toy_folder


def test_it_gives_a_restorer_for_one_or_many(tmp_path):
    restore = pipeline("jpeg-restoration", model=toy_folder(tmp_path / "model"), device="cpu", strength=0.5)
    assert isinstance(restore, Restorer)
    assert (restore.device.type, restore.strength) == ("cpu", 0.5)
    pixels = np.zeros((8, 9, 3), np.uint8)
    assert restore(pixels).shape == (8, 9, 3)
    assert len(restore([pixels, pixels])) == 2


def test_unknown_tasks_models_and_knobs_are_refused(tmp_path):
    with pytest.raises(OptionError, match="task is 'text-to-image'; known: jpeg-restoration"):
        pipeline("text-to-image")
    with pytest.raises(ModelNotFoundError):
        pipeline(model=tmp_path / "nothing")
    with pytest.raises(TypeError, match="strenght"):
        pipeline(model=tmp_path, strenght=1)
