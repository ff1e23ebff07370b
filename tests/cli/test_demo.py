"""`artgan demo` shows figures and a picture."""

from PIL import Image

from artgan_hf.cli.main import main as artgan


def test_the_demo_prints_a_gain_for_each_picture_and_writes_a_sheet(tmp_path, capsys):
    output = tmp_path / "out" / "demo.png"
    assert artgan(["demo", "-o", str(output)]) == 0
    lines = capsys.readouterr().out.splitlines()
    gains = {line.split()[0]: float(line.split("dB")[2]) for line in lines if line.count("dB") == 3}
    assert set(gains) == {"otters", "piazza", "portrait"}
    assert min(gains.values()) > 0.4
    with Image.open(output) as sheet:
        sheet.load()
        assert sheet.size == (3 * 400 + 4 * 12, 34 + 3 * 412)


def test_an_unknown_model_is_one_clear_line(tmp_path, capsys):
    assert artgan(["demo", "--model", "./nowhere", "-o", str(tmp_path / "demo.png")]) == 1
    error = capsys.readouterr().err
    assert "./nowhere" in error
    assert error.count("\n") == 1
