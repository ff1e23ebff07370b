"""Core ML packages: converted everywhere, run on a Mac."""

import platform

import pytest
from toy_models import toy_folder

from artgan_hf.export import export_model

pytestmark = pytest.mark.skipif(platform.system() == "Windows", reason="coremltools is for macOS and Linux")


@pytest.mark.parametrize("int8", [False, True])
def test_a_model_becomes_a_program_from_image_to_image(tmp_path, int8):
    exported = export_model(
        toy_folder(tmp_path / "toy"), tmp_path / "toy.mlpackage", format="coreml", size=(67, 45), int8=int8
    )
    assert (exported.path / "Manifest.json").is_file()
    assert exported.bytes > 1000
    if platform.system() == "Darwin":
        assert exported.parity.mean < (4 if int8 else 1)
    else:
        assert exported.parity is None
    tools = pytest.importorskip("coremltools")
    about = tools.models.utils.load_spec(str(exported.path)).description
    assert (about.input[0].name, about.output[0].name) == ("degraded", "restored")
    for image in (about.input[0].type.imageType, about.output[0].type.imageType):
        assert (image.width, image.height) == (67, 45)
