import pytest

from artgan_hf.errors import ArtganError
from artgan_hf.evaluation.documents import write_text


def test_text_is_written_into_new_folders_and_replaced(tmp_path):
    path = tmp_path / "new" / "report.md"
    write_text("first", path)
    write_text("é", path)
    assert path.read_text(encoding="utf-8") == "é"
    assert list(path.parent.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ArtganError, match=r"report\.md cannot be written"):
        write_text("", tmp_path / "file" / "report.md")
