"""`artgan bench-video` prints the table and writes the numbers."""

import json

from artgan_hf.cli.main import main
from artgan_hf.evaluation import video_speed
from artgan_hf.evaluation.video_speed import VideoSpeedReport, VideoSpeedRow


def test_the_table_is_printed_and_the_json_written(tmp_path, capsys, monkeypatch):
    asked = {}

    def measured(clip, models, **options):
        asked.update(options, clip=clip.name, models=models)
        return VideoSpeedReport("a.mp4", 8, 1, (VideoSpeedRow(640, 360, "artgan/qf10", "auto", 12.5),))

    monkeypatch.setattr(video_speed, "measure_video_speed", measured)
    command = ["bench-video", "a.mp4", "--sizes", "640x361", "--frames", "8", "--repeats", "1"]
    assert main([*command, "--json", str(tmp_path / "b.json")]) == 0
    assert asked["sizes"] == [(640, 360)]  # encoders want even sides
    assert (asked["clip"], asked["models"], asked["backends"]) == ("a.mp4", ["artgan/realtime"], ["auto"])
    assert "640x360  artgan/qf10  auto     12.5" in capsys.readouterr().out
    assert json.loads((tmp_path / "b.json").read_text())["rows"][0]["fps"] == 12.5
    assert main(["bench-video", "a.mp4", "--sizes", "large"]) == 2
