import json
import subprocess
import sys

import pytest

from artgan_hf import OptionError, __version__
from artgan_hf.cli import list as list_command
from artgan_hf.cli.main import main


def test_help_names_the_commands_and_the_exit_codes(capsys):
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    for word in ("restore", "inspect", "list", "fit", "exit codes", "130"):
        assert word in text


def test_the_version_is_the_packages(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == f"artgan-hf {__version__}"


@pytest.mark.parametrize("arguments", [[], ["paint"], ["restore"], ["restore", "a.jpg"], ["list", "--loud"]])
def test_bad_usage_ends_with_2_and_says_why(arguments, capsys):
    assert main(arguments) == 2
    assert "artgan" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"), [(OptionError("a\nb"), 2), (OSError("a\nb"), 1), (KeyboardInterrupt(), 130)]
)
def test_every_expected_end_is_one_line_and_an_exit_code(monkeypatch, capsys, error, code):
    def fail(namespace):
        raise error

    monkeypatch.setattr(list_command, "run", fail)
    assert main(["list"]) == code
    assert capsys.readouterr().err.splitlines() in (["artgan: error: a b"], ["artgan: stopped"])


def test_an_error_of_ours_is_not_hidden(monkeypatch):
    def fail(namespace):
        raise ZeroDivisionError

    monkeypatch.setattr(list_command, "run", fail)
    with pytest.raises(ZeroDivisionError):
        main(["list"])


def test_fit_gets_its_arguments_as_they_are(monkeypatch):
    from artgan_hf.cli import fit

    taken = []
    monkeypatch.setattr(fit, "main", lambda argv: taken.extend(argv) or 0)
    assert main(["fit", "-c", "recipe.yaml", "--help", "--trainer.max_epochs", "3"]) == 0
    assert taken == ["-c", "recipe.yaml", "--help", "--trainer.max_epochs", "3"]


WITHOUT_TORCH = """
import json, sys
from artgan_hf.cli.main import main
code = main(["--help"])
print(json.dumps([code, "torch" in sys.modules, "PIL" in sys.modules]), file=sys.stderr)
"""


def test_help_does_not_wait_for_torch():
    answer = subprocess.run([sys.executable, "-c", WITHOUT_TORCH], capture_output=True, text=True, check=True)
    assert json.loads(answer.stderr.splitlines()[-1]) == [0, False, False]


def test_as_a_program_it_hands_its_exit_code_on():
    answer = subprocess.run(
        [sys.executable, "-m", "artgan_hf.cli.main", "paint"], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 2
    assert "Traceback" not in answer.stderr
