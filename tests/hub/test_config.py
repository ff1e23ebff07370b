import json
from pathlib import Path

import pytest

from artgan_hf.errors import IncompatibleModelError
from artgan_hf.hub import ModelConfig, Provenance


def fields_of(config: ModelConfig) -> dict[str, object]:
    return json.loads(config.to_json())


def test_a_config_survives_writing_and_reading(config):
    text = config.to_json()
    assert text.endswith("}\n")
    assert ModelConfig.from_json(text, where="config.json") == config


def test_what_is_not_known_of_the_origin_is_not_written(config):
    assert set(fields_of(config)["provenance"]) == {"recipe", "data", "licences", "hours", "steps"}


def test_optional_fields_may_be_missing(config):
    content = fields_of(config)
    del content["parent"], content["provenance"]
    read = ModelConfig.from_json(json.dumps(content), where="config.json")
    assert (read.parent, read.provenance) == (None, Provenance())


@pytest.mark.parametrize("name", ["library", "format_version", "kind", "architecture", "options", "codec", "quality"])
def test_a_missing_field_is_named(config, name):
    content = fields_of(config)
    del content[name]
    with pytest.raises(IncompatibleModelError, match=rf"^here: .*{name}"):
        ModelConfig.from_json(json.dumps(content), where="here")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"library": "transformers"}, "not a model of this package"),
        ({"format_version": 2}, "made by a newer artgan-hf .*: pip install -U artgan-hf"),
        ({"format_version": 2, "novelty": 1}, "made by a newer artgan-hf"),
        ({"format_version": True}, "format_version is True; an integer from 1"),
        ({"class_path": "os.system"}, "unknown field 'class_path'; known: "),
        ({"provenance": {"author": "me"}}, "unknown field 'provenance.author'"),
        ({"provenance": {"hours": float("inf")}}, "provenance.hours is inf"),
        ({"provenance": {"steps": 1.5}}, "provenance.steps is 1.5"),
        ({"provenance": {"data": 5}}, "provenance.data is 5; a string"),
        ({"provenance": ["COCO"]}, "provenance is .*; an object"),
        ({"kind": "ensemble"}, "kind is 'ensemble'; known: generator"),
        ({"architecture": ["residual"]}, "architecture is .*; a string"),
        ({"options": {"channels": 8.0}}, "option channels is 8.0; an integer"),
        ({"options": {"channels": True}}, "option channels is True; an integer"),
        ({"options": [8]}, "options is .*; an object of named integers"),
        ({"codec": "webp"}, "codec is 'webp'; known: jpeg, h264"),
        ({"codec": ["jpeg"]}, "codec is "),
        ({"quality": 10}, "quality is 10; lowest and highest, integers from 1 to 100"),
        ({"quality": [60, 10]}, "quality is "),
        ({"quality": [0, 10]}, "quality is "),
        ({"quality": ["1", 10]}, "quality is "),
        ({"codec": "h264", "quality": [20, 60]}, "integers from 0 to 51 for h264"),
        ({"description": "two\nlines"}, "description is .*; one line"),
        ({"description": "\x1b[2Jgone"}, "description is .*; one line"),
        ({"description": "x" * 2000}, "description is .*; one line"),
        ({"parent": "../elsewhere"}, "parent is '../elsewhere'; a model id"),
    ],
)
def test_a_field_of_the_wrong_kind_is_named_with_what_was_expected(config, change, message):
    with pytest.raises(IncompatibleModelError, match=message) as caught:
        ModelConfig.from_json(json.dumps(fields_of(config) | change), where="here")
    assert "\n" not in str(caught.value)
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not valid JSON"),
        ("{", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ('{"steps": ' + "9" * 5000 + "}", "not valid JSON"),
        ("[]", "a JSON list; an object"),
        ('{"library": "artgan-hf", "library": "other"}', "field 'library' is there twice"),
    ],
)
def test_hostile_json_is_refused_in_one_line(text, message):
    with pytest.raises(IncompatibleModelError, match=message):
        ModelConfig.from_json(text, where="config.json")


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "0 bytes"), (b" " * 1_000_001, "1,000,001 bytes"), (b"\xff\xfe", "cannot be read as text")],
)
def test_a_file_that_cannot_be_a_config_is_refused_by_its_path(tmp_path: Path, content, message):
    path = tmp_path / "config.json"
    path.write_bytes(content)
    with pytest.raises(IncompatibleModelError, match=message) as caught:
        ModelConfig.from_file(path)
    assert str(path) in str(caught.value)


def test_a_config_is_checked_when_made_in_code_too(config):
    with pytest.raises(IncompatibleModelError, match="quality is"):
        ModelConfig(architecture="residual", options={}, codec="jpeg", quality=(10, 5), description="x")
