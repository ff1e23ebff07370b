"""`artgan export-weights` refuses what is not a checkpoint of ours, in one line."""

import pytest
import torch
from tiny import ABOUT

from artgan_hf.cli.main import main as artgan


@pytest.mark.parametrize("content", [b"", b"no checkpoint", None])
def test_files_that_are_no_checkpoints_are_named(tmp_path, capsys, content):
    path = tmp_path / "last.ckpt"
    if content is None:
        torch.save({"state_dict": {}}, path)
    else:
        path.write_bytes(content)
    assert artgan(["export-weights", str(path), str(tmp_path / "model"), *ABOUT]) == 1
    error = capsys.readouterr().err
    assert f"{path} is not a checkpoint of `artgan fit`" in error
    assert error.count("\n") == 1
    assert not (tmp_path / "model").exists()


def test_a_missing_checkpoint_is_named(tmp_path, capsys):
    assert artgan(["export-weights", str(tmp_path / "no.ckpt"), str(tmp_path / "model"), *ABOUT]) == 1
    assert "no.ckpt does not exist" in capsys.readouterr().err
