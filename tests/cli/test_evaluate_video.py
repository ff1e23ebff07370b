"""`artgan evaluate-video` prints the table, or a curve, and writes the numbers."""

import json

from toy_models import toy_folder
from video_files import write_video

from artgan_hf.cli.main import main


def test_the_table_is_printed_and_the_json_written(tmp_path, capsys):
    clip = write_video(tmp_path / "a.mp4", times=range(4))
    model = str(toy_folder(tmp_path / "toy"))
    command = ["evaluate-video", str(clip), "--model", model, "--crf", "40", "--scale", "0.5", "--device", "cpu"]
    assert main([*command, "--metrics", "psnr", "--limit", "3", "--json", str(tmp_path / "v.json")]) == 0
    assert "h264 crf 40 at 0.5 of the size, preset medium" in capsys.readouterr().out
    content = json.loads((tmp_path / "v.json").read_text())
    assert [row["model"] for row in content["rows"]] == ["original", "h264", model]
    assert content["frames"] == 3


def test_several_rates_and_sizes_make_a_curve(tmp_path, capsys):
    clip = write_video(tmp_path / "a.mp4", times=range(4))
    model = str(toy_folder(tmp_path / "toy"))
    command = ["evaluate-video", str(clip), "--model", model, "--crf", "44", "20", "--scale", "1", "0.5"]
    assert main([*command, "--metrics", "psnr", "--device", "cpu", "--json", str(tmp_path / "v.json")]) == 0
    _, coded, head, *rows = capsys.readouterr().out.splitlines()
    assert coded == "h264, preset medium"
    assert " ".join(head.split()) == "model setting kbps times less PSNR h264 restored bits h264 needs"
    assert sorted(row.split("crf")[1].split("  ")[0] for row in rows) == [
        " 20",
        " 20 at 0.5 of the size",
        " 44",
        " 44 at 0.5 of the size",
    ]
    content = json.loads((tmp_path / "v.json").read_text())
    rates = [point["kbps"] for point in content["points"]]
    assert rates == sorted(rates)
    assert sorted(setting["kbps"] for setting in content["settings"]) == rates


def test_several_tunes_make_a_curve(tmp_path, capsys):
    clip = write_video(tmp_path / "a.mp4", times=range(4))
    command = ["evaluate-video", str(clip), "--model", str(toy_folder(tmp_path / "toy")), "--tune", "none", "ssim"]
    assert main([*command, "--metrics", "psnr", "--device", "cpu"]) == 0
    rows = capsys.readouterr().out.splitlines()[3:]
    assert sorted("tune ssim" in row for row in rows) == [False, True]


def test_several_bitrates_take_the_place_of_crf(tmp_path, capsys):
    clip = write_video(tmp_path / "a.mp4", times=range(4))
    model = str(toy_folder(tmp_path / "toy"))
    command = ["evaluate-video", str(clip), "--model", model, "--bitrate", "20", "200", "--metrics", "psnr"]
    assert main([*command, "--device", "cpu"]) == 0
    assert "200 kbps asked" in capsys.readouterr().out
