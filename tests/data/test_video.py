"""Training pairs from video codecs: a clean crop, and a frame of it from the middle of a moving, compressed clip."""

import numpy as np
import pytest
import torch
from PIL import Image
from video_files import moving_picture, write_video

from artgan_hf.data import FolderSource, JpegDegradation, PatchPairs, WholePairs
from artgan_hf.data.video import H264Degradation, enlarge, pan_and_zoom, recolour
from artgan_hf.errors import DataError, OptionError, QualityError


@pytest.fixture
def crop():
    return moving_picture(0, 80, 80)


def distance(first, second):
    return np.abs(first.astype(int) - second).mean()


def test_the_pair_is_aligned_and_the_clean_side_is_the_crop_itself(crop):
    for _ in range(6):
        degraded, clean, crf = H264Degradation(30, 30, shifted=0).pair(crop, 16)
        assert degraded.shape == clean.shape == (64, 64, 3)
        assert crf == 30
        offsets = [(dy, dx) for dy in (0, 16) for dx in (0, 16)]
        assert any(np.array_equal(clean, crop[dy : dy + 64, dx : dx + 64]) for dy, dx in offsets)
        assert 0 < distance(degraded, clean) < 8
        assert distance(degraded[:, 2:], clean[:, :-2]) > distance(degraded, clean)


def test_a_higher_crf_is_worse_and_both_are_in_the_range(crop):
    def mean_error(crf):
        return np.mean([distance(*H264Degradation(crf, crf).pair(crop, 16)[:2]) for _ in range(4)])

    assert mean_error(24) < mean_error(45)
    drawn = {H264Degradation(28, 31, frames=1).pair(crop[:32, :32], 16)[2] for _ in range(40)}
    assert drawn == {28, 29, 30, 31}


def test_shifted_grids_start_anywhere(crop):
    clean = [H264Degradation(30, 30, shifted=1, frames=1).pair(crop, 16)[1] for _ in range(8)]
    aligned = [crop[dy : dy + 64, dx : dx + 64] for dy in (0, 16) for dx in (0, 16)]
    assert not all(any(np.array_equal(one, other) for other in aligned) for one in clean)


def test_an_enlarged_still_is_softer_and_stays_in_place(crop):
    def sharpness(picture):
        return np.abs(np.diff(picture.astype(int), axis=1)).mean()

    clean = [H264Degradation(enlarged=3, clean=1).pair(crop, 16)[1] for _ in range(8)]
    assert all(one.shape == (64, 64, 3) for one in clean)
    assert np.mean([sharpness(one) for one in clean]) < 0.8 * sharpness(crop)
    middle = enlarge(crop, 2.0)[::2, ::2]
    assert distance(middle, crop[20:60, 20:60]) < 4


def test_recoloured_pairs_have_other_colours_and_less_contrast_on_both_sides(crop):
    degraded, clean, _ = H264Degradation(20, 20, recoloured=1).pair(np.stack([crop] * 3), 16)
    assert degraded.shape == clean.shape == (64, 64, 3)
    assert distance(degraded, clean) < 8
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    darkest, red = set(), set()
    for _ in range(30):
        curve = recolour(ramp)[0, :, 0].astype(int)
        assert (np.diff(curve) >= 0).all()
        assert 0 <= curve[0] <= 25 and 215 <= curve[-1] <= 255
        darkest.add(curve[0])
        red.add(recolour(np.array([[[255, 0, 0]]], np.uint8)).argmax())
    assert len(darkest) > 5
    assert red == {0, 1, 2}


def test_clean_and_grey_pairs(crop):
    degraded, clean, crf = H264Degradation(clean=1).pair(crop, 16)
    assert crf == 0
    assert np.array_equal(degraded, clean)
    degraded, clean, _ = H264Degradation(grey=1).pair(crop, 16)
    assert np.ptp(clean, axis=2).max() == 0
    assert np.ptp(degraded.astype(int), axis=2).max() <= 2


def test_the_seed_decides_everything(crop):
    def run(seed):
        torch.manual_seed(seed)
        return H264Degradation().pair(crop, 16)[0]

    assert np.array_equal(run(1), run(1))
    assert not np.array_equal(run(1), run(2))


def test_a_still_moves_by_the_asked_pace_and_stands_in_its_own_frame():
    still = moving_picture(0, 64, 64)
    clip = pan_and_zoom(still, 5, still_at=2, pan_px=(2, -1))
    assert np.array_equal(clip[2], still)
    assert np.array_equal(clip[3][8:-8, 8:-8], still[10:-6, 7:-9])
    assert np.array_equal(clip[0][8:-8, 8:-8], still[4:-12, 10:-6])
    larger = pan_and_zoom(np.pad(np.full((8, 8, 3), 255, np.uint8), ((28, 28), (28, 28), (0, 0))), 6, zoom=0.1)
    assert [int((frame > 127).sum()) for frame in larger] == sorted(int((frame > 127).sum()) for frame in larger)
    assert (larger[5] > 127).sum() > 1.5 * (larger[0] > 127).sum()


def test_zooming_far_out_repeats_the_border_and_further_is_refused():
    still = moving_picture(0, 64, 64)
    assert np.array_equal(pan_and_zoom(still, 16, still_at=15, zoom=0.06)[0][0], np.repeat(still[:1, :1], 64, 1)[0])
    with pytest.raises(OptionError, match=r"zoom is 0\.1 over 15 frames; a product below 1"):
        pan_and_zoom(still, 16, still_at=15, zoom=0.1)


def test_it_takes_the_place_of_jpeg_in_the_datasets(crop):
    degradation = H264Degradation(30, 40)
    pair = PatchPairs([crop], degradation, patch_px=32, length=2)[0]
    assert pair.degraded.shape == pair.clean.shape == (3, 32, 32)
    first, second = (WholePairs([crop], degradation)[0] for _ in range(2))
    assert first.quality == degradation.middle_quality == 35
    assert torch.equal(first.degraded, second.degraded)
    assert first.degraded.shape == (3, 80, 80)
    tuned = WholePairs([crop], H264Degradation(30, 40, tunes=("ssim", None)))[0]
    assert not torch.equal(tuned.degraded, first.degraded)


def test_clips_train_with_their_own_motion(tmp_path):
    path = write_video(tmp_path / "a.mp4", height=64, width=80, options={"crf": "0"})
    Image.fromarray(moving_picture(0, 64, 64)).save(tmp_path / "a.png")
    pictures = FolderSource([tmp_path / "a.png"], clips=[path]).open(0, 48, None).training
    assert [picture.ndim for picture in (pictures[0], pictures[1])] == [3, 4]
    for degradation in (H264Degradation(30, 30, frames=5), JpegDegradation(20, 20)):
        pair = PatchPairs([pictures[1]], degradation, patch_px=32, length=1)[0]
        assert pair.degraded.shape == (3, 32, 32)
        assert 0 < (pair.degraded - pair.clean).abs().mean() < 0.1
    with pytest.raises(DataError, match="80x64; 80 pixels"):
        FolderSource([tmp_path / "a.png"], clips=[path]).open(0, 80, None)


def test_a_smaller_scale_loses_more(crop):
    def error(scale):
        torch.manual_seed(0)
        return distance(*H264Degradation(20, 20, scales=[scale]).pair(crop, 16)[:2])

    assert error(0.5) > error(1.0)


def test_impossible_settings_are_refused_by_name():
    with pytest.raises(QualityError, match="40 to 30"):
        H264Degradation(40, 30)
    with pytest.raises(OptionError, match="preset is 'quick'"):
        H264Degradation(presets=("quick",))
    with pytest.raises(OptionError, match="tune is 'vmaf'"):
        H264Degradation(tunes=(None, "vmaf"))
    with pytest.raises(OptionError, match=r"grey is 1\.5"):
        H264Degradation(grey=1.5)
    with pytest.raises(OptionError, match="scale is 2"):
        H264Degradation(scales=[1, 2])
    with pytest.raises(OptionError, match=r"enlarged is 0\.5"):
        H264Degradation(enlarged=0.5)
    with pytest.raises(OptionError, match="frames 0"):
        H264Degradation(frames=0)
