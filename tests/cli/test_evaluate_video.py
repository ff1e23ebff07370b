"""`artgan evaluate-video` prints the table and writes the numbers."""

import json

from toy_models import toy_folder
from video_files import write_video

from artgan_hf.cli.main import main


def test_the_table_is_printed_and_the_json_written(tmp_path, capsys):
    clip = write_video(tmp_path / "a.mp4", times=range(4))
    model = str(toy_folder(tmp_path / "toy"))
    command = ["evaluate-video", str(clip), "--model", model, "--crf", "40", "--scale", "0.5", "--device", "cpu"]
    assert main([*command, "--metrics", "psnr", "--limit", "3", "--json", str(tmp_path / "v.json")]) == 0
    assert "h264 crf 40, preset medium at 0.5 of the size" in capsys.readouterr().out
    content = json.loads((tmp_path / "v.json").read_text())
    assert [row["model"] for row in content["rows"]] == ["original", "h264", model]
    assert content["frames"] == 3
