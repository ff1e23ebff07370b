import sys
from pathlib import Path

import pytest

from artgan_hf.cli import app
from artgan_hf.cli.main import main


class WithoutGradio:
    def find_spec(self, name, path=None, target=None):
        if name == "gradio":
            raise ModuleNotFoundError("not installed", name=name)


def test_the_page_is_found_beside_the_package_and_in_it(monkeypatch, tmp_path):
    assert (app.space_folder() / "app.py").is_file()
    installed = tmp_path / "artgan_hf"
    (installed / "cli").mkdir(parents=True)
    (installed / "spaces" / "artgan-demo").mkdir(parents=True)
    (installed / "spaces" / "artgan-demo" / "README.md").touch()
    monkeypatch.setattr(app, "__file__", str(installed / "cli" / "app.py"))
    assert app.space_folder() == installed / "spaces" / "artgan-demo"


def test_without_gradio_it_names_the_extra(monkeypatch, capsys):
    monkeypatch.setattr(sys, "meta_path", [WithoutGradio(), *sys.meta_path])
    monkeypatch.delitem(sys.modules, "gradio", raising=False)
    assert main(["app"]) == 1
    assert "pip install 'artgan-hf[demo]'" in capsys.readouterr().err


def test_it_opens_the_page_where_it_is_asked_to(monkeypatch, tmp_path):
    pytest.importorskip("gradio", reason="needs the [demo] extra")
    (tmp_path / "neighbour.py").write_text("asked = []")
    (tmp_path / "app.py").write_text("from neighbour import asked\ndef launch(**options):\n    asked.append(options)")
    monkeypatch.setattr(app, "space_folder", lambda: Path(tmp_path))
    monkeypatch.setattr(sys, "path", [*sys.path])
    assert main(["app", "--port", "7000", "--no-browser"]) == 0
    import neighbour

    assert neighbour.asked == [{"server_name": "127.0.0.1", "server_port": 7000, "inbrowser": False}]
