import csv
import json

from artgan_hf.evaluation.report_folder import scores_markdown, write_report


def test_the_folder_holds_the_numbers_for_programs_spreadsheets_notes_and_people(found, tmp_path):
    page = write_report(found, tmp_path / "new" / "report")
    folder = tmp_path / "new" / "report"
    assert page == folder / "index.html"
    names = ["index.html", "pictures.csv", "scores.csv", "scores.json", "scores.md"]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert json.loads((folder / "scores.json").read_text()) == json.loads(json.dumps(found.as_dict()))


def test_a_line_of_csv_has_the_mean_and_the_ends_of_its_interval(found, tmp_path):
    write_report(found, tmp_path)
    lines, pictures = (
        list(csv.DictReader((tmp_path / name).read_text().splitlines())) for name in ("scores.csv", "pictures.csv")
    )
    (ours,) = [line for line in lines if (line["model"], line["quality"]) == ("ours", "10")]
    assert (ours["psnr"], ours["psnr_low"], ours["psnr_high"], ours["better"]) == ("28.5", "28.0", "29.0", "2")
    assert lines[0]["psnr"] == lines[0]["psnr_low"] == ""
    assert len(pictures) == len(found.scores)
    assert pictures[3]["image"] == "</script><b>.png"


def test_markdown_has_a_row_for_each_version_and_the_bits_saved(found):
    lines = scores_markdown(found).splitlines()
    assert "| ours | 10 | 28.50 [28.00, 29.00] | 4.00 [3.50, 4.50] | 2/2 | 0.300 | 0.50 |" in lines
    assert "| original |  |  | 3.00 [3.00, 3.00] |  |  |  |" in lines
    assert "| ours |  |  |" in lines


def test_markdown_table_and_json_speak_of_the_codec(h264):
    lines = scores_markdown(h264).splitlines()
    assert lines[0].startswith("# toys: 2 pictures, H.264 4:2:0 by libx264 (PyAV ")
    assert lines[2].startswith("| model | CRF | PSNR |")
    assert "| bits against H.264 at an equal figure | PSNR | NIQE |" in lines
    assert [line.split()[:2] for line in h264.table().splitlines()[1:4]] == [
        ["CRF", "model"], ["-", "original"], ["10", "h264"]
    ]  # fmt: skip
    content = h264.as_dict()
    assert content["codec"].startswith("H.264 ")
    assert content["protocol"].endswith(" quality: the CRF.")
    assert "beats their H.264's" in content["protocol"]
    assert "JPEG" not in json.dumps(content)
