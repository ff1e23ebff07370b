import argparse
import json

from artgan_hf.cli import bench
from artgan_hf.evaluation import speed
from artgan_hf.evaluation.speed import SpeedReport, SpeedRow


def test_the_table_is_printed_and_the_json_written(tmp_path, capsys, monkeypatch):
    asked = {}

    def measured(models, **options):
        asked.update(options, models=list(models))
        return SpeedReport(0.05, 2, (SpeedRow("artgan/qf10", "float32", 3.0, 5.0, 80.0),), {"import torch": 1.0})

    monkeypatch.setattr(speed, "measure_speed", measured)
    parser = argparse.ArgumentParser()
    bench.add_parser(parser.add_subparsers())
    arguments = parser.parse_args(
        ["bench", "--megapixels", "0.05", "--repeats", "2", "--json", str(tmp_path / "b.json")]
    )
    assert arguments.run(arguments) == 0
    assert asked == {"models": ["artgan/qf10", "residual"], "megapixels": 0.05, "repeats": 2, "progress": True}
    assert "artgan/qf10  float32  3.000" in capsys.readouterr().out
    assert json.loads((tmp_path / "b.json").read_text())["rows"][0]["times_dncnn"] == 5.0
