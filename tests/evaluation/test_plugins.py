import pytest

from artgan_hf.errors import OptionError
from artgan_hf.evaluation.plugins import is_reference, load_reference


def test_modules_of_the_working_folder_are_found(tmp_path, monkeypatch):
    (tmp_path / "my_judge_of_the_test.py").write_text("def give():\n    return 7\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [])
    assert load_reference("my_judge_of_the_test:give")() == 7


@pytest.mark.parametrize("name", ["no_such_module:give", "math:no_such_function", "math:pi"])
def test_what_is_not_there_or_no_function_is_said_in_one_line(name):
    with pytest.raises(OptionError, match=name):
        load_reference(name)


def test_windows_paths_and_hub_ids_are_no_references():
    assert [is_reference(name) for name in (r"C:\models\git", "owner/model", "folder", "a:b:c")] == [False] * 4
