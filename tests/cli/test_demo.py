"""`artgan demo` shows figures and a picture."""

import re

from PIL import Image

from artgan_hf.cli.main import main as artgan


def test_the_demo_prints_figures_for_each_picture_and_writes_a_sheet(tmp_path, capsys):
    output = tmp_path / "out" / "demo.png"
    assert artgan(["demo", "-o", str(output)]) == 0
    found = {}
    for line in capsys.readouterr().out.splitlines():
        if line.count("dB") == 2:
            name, *numbers = re.findall(r"^\w+|\d+\.\d+", line)
            found[name] = [float(number) for number in numbers[1:5]]
    assert set(found) == {"otters", "piazza", "portrait"}
    for name, (psnr, restored_psnr, niqe, restored_niqe) in found.items():
        assert restored_psnr > psnr - 0.6, name
        assert restored_niqe < niqe - 0.5, name
    with Image.open(output) as sheet:
        sheet.load()
        assert sheet.size == (3 * 400 + 4 * 12, 34 + 3 * 412)


def test_an_unknown_model_is_one_clear_line(tmp_path, capsys):
    assert artgan(["demo", "--model", "./nowhere", "-o", str(tmp_path / "demo.png")]) == 1
    error = capsys.readouterr().err
    assert "./nowhere" in error
    assert error.count("\n") == 1
