import io
import json
import logging
import multiprocessing
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from artgan_hf import ModelConfig, Restorer
from artgan_hf.codecs.jpeg import encode
from artgan_hf.errors import ImageError, IncompatibleModelError, ModelNotFoundError, OptionError
from artgan_hf.networks import UnshuffleGenerator
from tests.toy_models import toy_config, toy_folder, toy_network, toy_restorer


@pytest.fixture(scope="module")
def restorer():
    return toy_restorer()


def noise(*shape, dtype=np.uint8):
    return np.random.default_rng(0).integers(0, np.iinfo(dtype).max, shape, dtype=dtype, endpoint=True)


def smooth(height=48, width=64):
    small = Image.fromarray(noise(6, 6, 3))
    return np.asarray(small.resize((width, height), Image.Resampling.BICUBIC))


def jpeg_file(path, quality=10, mode="RGB"):
    Image.fromarray(smooth()).convert(mode).save(path, "JPEG", quality=quality)
    return path


def test_the_same_kind_comes_out_as_went_in(restorer):
    pixels = smooth()
    restored = restorer(pixels)
    assert not np.array_equal(restored, pixels)
    assert np.array_equal(np.asarray(restorer(Image.fromarray(pixels))), restored)
    tensor = torch.from_numpy(pixels.copy()).permute(2, 0, 1)
    assert np.array_equal(restorer(tensor).permute(1, 2, 0).numpy(), restored)
    floats = restorer(tensor / 255)
    assert floats.dtype == torch.float32
    assert np.abs(floats.permute(1, 2, 0).numpy() * 255 - restored).max() < 0.51


def test_paths_bytes_and_open_files_give_pil_images(restorer, tmp_path):
    path = jpeg_file(tmp_path / "grün.jpg")
    images = restorer([path, str(path), path.read_bytes(), io.BytesIO(path.read_bytes())])
    assert all(isinstance(image, Image.Image) and image.size == (64, 48) for image in images)
    assert len({image.tobytes() for image in images}) == 1


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "CMYK", "I;16"])
def test_modes_and_alpha_are_kept(restorer, mode):
    image = (
        Image.fromarray(noise(20, 30, dtype=np.uint16)) if mode == "I;16" else Image.fromarray(smooth()).convert(mode)
    )
    if mode.endswith("A"):
        image.putalpha(Image.fromarray(noise(image.height, image.width) | 1))
    restored = restorer(image)
    assert (restored.mode, restored.size) == (image.mode, image.size)
    assert restored.tobytes() != image.tobytes()
    if mode.endswith("A"):
        assert restored.getchannel("A").tobytes() == image.getchannel("A").tobytes()


@pytest.mark.parametrize("size", [(1, 1), (1, 16), (2, 3), (7, 8), (8, 9), (15, 4), (16, 16), (17, 33)])
def test_the_size_is_kept_down_to_one_pixel(restorer, size):
    pixels = noise(*size, 3)
    assert restorer(pixels).shape == pixels.shape
    assert restorer(Image.fromarray(pixels)).size == size[::-1]


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_batch_is_its_pictures_one_by_one(restorer, channels):
    batch = noise(3, channels, 21, 18)
    restored = restorer(batch)
    assert (restored.shape, restored.dtype) == (batch.shape, batch.dtype)
    assert np.array_equal(restored[1], restorer(batch[1].transpose(1, 2, 0)).transpose(2, 0, 1))
    tensors = restorer(torch.from_numpy(batch))
    assert np.array_equal(tensors.numpy(), restored)
    assert restorer(batch[:0]).shape == (0, channels, 21, 18)


def test_a_list_comes_out_as_a_list_of_the_same_kinds(restorer):
    pixels = smooth()
    restored = restorer([pixels, Image.fromarray(pixels)])
    assert isinstance(restored, list)
    assert isinstance(restored[0], np.ndarray)
    assert isinstance(restored[1], Image.Image)
    assert restorer(()) == []


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.float32])
def test_strength_0_gives_the_input_and_half_lies_half_way(restorer, kind):
    scale = {np.uint8: 1, np.uint16: 257, np.float32: 1 / 255}[kind]
    pixels = (smooth() * np.float64(scale)).astype(kind)
    full, half = restorer(pixels), restorer(pixels, strength=0.5)
    assert np.array_equal(restorer(pixels, strength=0), pixels)
    middle = (pixels.astype(np.float64) + full) / 2
    assert np.abs(half - middle).max() <= (1e-6 if kind == np.float32 else 1)
    assert not np.array_equal(half, full)


def test_strength_of_the_restorer_is_the_default(restorer):
    pixels = smooth()
    assert np.array_equal(toy_restorer(strength=0.5)(pixels), restorer(pixels, strength=0.5))
    assert np.array_equal(toy_restorer(strength=0.5)(pixels, strength=np.float32(1)), restorer(pixels))


@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan"), "1", True, [0.5]])
def test_strength_outside_0_to_1_is_refused(restorer, strength):
    with pytest.raises(OptionError, match=r"strength is .*; a number from 0"):
        restorer(smooth(), strength=strength)
    with pytest.raises(OptionError, match="strength is"):
        toy_restorer(strength=strength)


def test_grey_stored_as_colour_gains_no_colour(restorer):
    grey = noise(30, 40)
    restored = restorer(np.repeat(grey[..., None], 3, axis=2))
    assert np.array_equal(restored[..., 0], restored[..., 1])
    assert np.array_equal(restored[..., 0], restored[..., 2])
    assert np.array_equal(restorer(grey), restored[..., 0])


def test_the_result_tells_quality_model_and_time(restorer, tmp_path):
    path = jpeg_file(tmp_path / "a.jpg", quality=23)
    result = restorer.restore(path)
    assert (result.quality, result.model) == (23, "toy")
    assert result.seconds > 0
    assert restorer.restore(Image.open(path)).quality == 23
    assert restorer.restore(smooth()).quality is None
    edited = Image.fromarray(smooth())
    edited.format = "JPEG"  # what people do to keep the format of a picture they turned
    assert restorer.restore(edited).quality is None


def test_a_consistent_picture_compresses_to_the_same_file(restorer):
    jpeg = encode(smooth(64, 64), 10, subsampling="4:4:4")
    free, bound = restorer(jpeg), restorer(jpeg, consistent=True)
    again = [encode(np.asarray(image), 10, subsampling="4:4:4") for image in (free, bound)]
    given = np.asarray(Image.open(io.BytesIO(jpeg))).astype(int)
    far, near = (np.abs(np.asarray(Image.open(io.BytesIO(file))).astype(int) - given).mean() for file in again)
    assert near < far / 4
    assert bound.tobytes() != restorer(jpeg, strength=0).tobytes()


@pytest.mark.parametrize("kind", ["array", "png", "converted"])
def test_consistency_without_the_jpeg_file_is_a_clear_error(restorer, kind, tmp_path):
    source = smooth()
    if kind == "png":
        source = tmp_path / "a.png"
        Image.fromarray(smooth()).save(source)
    if kind == "converted":
        source = Image.open(jpeg_file(tmp_path / "a.jpg")).convert("L")
    with pytest.raises(ImageError, match="consistent=True needs the JPEG file: pass its path or bytes"):
        restorer(source, consistent=True)


def test_a_file_over_the_limit_is_refused_before_it_is_decoded(tmp_path):
    path = jpeg_file(tmp_path / "a.jpg")
    with pytest.raises(ImageError, match="the limit is 3071"):
        toy_restorer(max_pixels=48 * 64 - 1)(path)
    assert toy_restorer(max_pixels=48 * 64)(path).size == (64, 48)


def test_it_survives_pickling_with_its_weights_and_knobs(restorer):
    original = toy_restorer(strength=0.5, tile_px=64, dtype="float32")
    twin = pickle.loads(pickle.dumps(original))
    assert repr(twin) == "Restorer('toy', device='cpu', dtype='float32', strength=0.5)"
    assert np.array_equal(twin(noise(200, 200, 3)), original(noise(200, 200, 3)))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_it_works_in_a_forked_process(restorer):
    threads = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        pixels = noise(300, 300, 3)
        expected = restorer(pixels)
        with multiprocessing.get_context("fork").Pool(1) as pool:
            assert np.array_equal(pool.apply_async(restorer, (pixels,)).get(timeout=60), expected)
    finally:
        torch.set_num_threads(threads)


def test_threads_may_share_it(restorer):
    pictures = [noise(30 + i, 40, 3) for i in range(8)]
    with ThreadPoolExecutor(4) as pool:
        restored = list(pool.map(restorer, pictures))
    assert all(np.array_equal(one, restorer(picture)) for one, picture in zip(restored, pictures, strict=True))


@pytest.mark.parametrize("fidelity", [0, 0.5])
def test_a_picture_is_opened_while_another_is_restored(tmp_path, fidelity):
    restorer = Restorer(toy_network(), toy_config(), name="toy", parent=toy_network(), device="cpu")
    begun, go_on = Event(), Event()

    def hold(*_):
        begun.set()
        go_on.wait(60)

    restorer.network.register_forward_pre_hook(hold)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(restorer, smooth())
        begun.wait(60)
        try:
            with pytest.raises(ImageError, match="nothing"):
                pool.submit(restorer, tmp_path / "nothing.jpg", fidelity=fidelity).result(timeout=10)
        finally:
            go_on.set()
        assert first.result().shape == smooth().shape


def test_the_callers_network_stays_as_it_was():
    network = toy_network().train()
    Restorer(network, toy_config(), name="toy", device="cpu")(smooth())
    assert network.training
    assert all(parameter.requires_grad for parameter in network.parameters())


def test_from_pretrained_reads_a_folder(tmp_path, restorer):
    loaded = Restorer.from_pretrained(toy_folder(tmp_path / "model"), device="cpu", strength=0.5)
    assert loaded.name == str(tmp_path / "model")
    assert (loaded.config, loaded.strength) == (toy_config(), 0.5)
    pixels = smooth()
    # The folder holds float16.
    assert np.abs(loaded(pixels).astype(int) - restorer(pixels, strength=0.5)).max() <= 1


def test_from_pretrained_passes_the_hubs_errors_on(tmp_path):
    with pytest.raises(ModelNotFoundError):
        Restorer.from_pretrained(tmp_path / "nothing")
    (tmp_path / "empty").mkdir()
    with pytest.raises(IncompatibleModelError):
        Restorer.from_pretrained(tmp_path / "empty")


class Broken(nn.Module):
    size_multiple = 4
    receptive_radius_px = 4

    def forward(self, tile):
        return tile / 0


def test_a_network_that_gives_nonsense_is_an_error_not_a_picture():
    with pytest.raises(IncompatibleModelError, match="infinite or NaN"):
        Restorer(Broken(), toy_config(), name="broken", device="cpu")(smooth())


def test_colours_of_flat_areas_stay_with_an_untrained_network():
    config = ModelConfig(architecture="unshuffle", options={}, codec="jpeg", quality=(10, 10), description="Identity.")
    identity = Restorer(UnshuffleGenerator(8, 1), config, name="identity", device="cpu")
    for pixels in (noise(40, 50, 3), noise(40, 50, 3, dtype=np.uint16)):
        assert np.array_equal(identity(pixels), pixels)


LIGHT_DOOR = """
import json, sys
import artgan_hf
before = "torch" in sys.modules
artgan_hf.Restorer, artgan_hf.pipeline, artgan_hf.list_models
heavy = ("lightning", "datasets", "kornia", "torchmetrics", "gradio", "torchvision", "transformers")
print(json.dumps([before, [name for name in heavy if name in sys.modules]]))
"""


def test_the_door_is_light():
    answer = subprocess.run([sys.executable, "-c", LIGHT_DOOR], capture_output=True, text=True, check=True)
    assert json.loads(answer.stdout) == [False, []]


MEMORY = """
import resource, sys
from tests.toy_models import toy_config
from artgan_hf import Restorer
from artgan_hf.networks import UnshuffleGenerator
restorer = Restorer(UnshuffleGenerator(channels=8, blocks=1), toy_config(), name="toy", device="cpu")
print(restorer(sys.argv[1]).size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 2**30)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak in the unit of Linux")
def test_48_megapixels_need_less_than_3_gib(tmp_path, repository):
    tile = Image.fromarray(smooth(500, 500))
    picture = Image.new("RGB", (8000, 6000))
    for y in range(0, 6000, 500):
        for x in range(0, 8000, 500):
            picture.paste(tile, (x, y))
    path = tmp_path / "large.jpg"
    picture.save(path, quality=10)
    answer = subprocess.run(
        [sys.executable, "-c", MEMORY, str(path)], capture_output=True, text=True, check=True, cwd=repository
    )
    size, _, peak_gib = answer.stdout.rpartition(" ")
    assert size == "(8000, 6000)"
    assert float(peak_gib) < 3


def test_bad_news_goes_through_the_packages_logger(caplog):
    restorer = toy_restorer(dtype="bfloat16")
    restorer.network.forward = lambda tile: tile * (float("nan") if torch.is_autocast_enabled("cpu") else 1)
    with caplog.at_level(logging.WARNING, "artgan_hf"):
        pixels = smooth()
        assert np.array_equal(restorer(pixels), pixels)
    assert "computing it again in float32" in caplog.text
