"""BLEU, METEOR, ROUGE-L, CIDEr and SPICE by pycocoevalcap, the reference implementation of the COCO captions."""

import contextlib
import importlib.util
import io
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from artgan_hf.errors import OptionError
from artgan_hf.optional import require

SCORES = ("bleu", "meteor", "rouge", "cider", "spice")
DEFAULT_SCORES = ("bleu", "meteor", "rouge", "cider")
LABELS = {"bleu": "BLEU-4", "meteor": "METEOR", "rouge": "ROUGE-L", "cider": "CIDEr", "spice": "SPICE"}
NEED_JAVA = ("meteor", "spice")
# The two jars that SPICE wants beside it are not in the package; it would fetch them from their makers' site.
SPICE_MODELS = "stanford-corenlp-3.6.0-models.jar"

Tokens = dict[str, list[str]]


class Tools(NamedTuple):
    """What this machine can compute.

    Args:
        tokenizer: "PTB" (the one of the published numbers, in Java) or "plain".
        scores: those that can be computed.
        reasons: why the others cannot, by name.
    """

    tokenizer: str
    scores: tuple[str, ...]
    reasons: dict[str, str]


def find_tools(wanted: Sequence[str] = DEFAULT_SCORES) -> Tools:
    """Returns what can be computed here of the wanted scores.

    Args:
        wanted: from `SCORES`.

    Raises:
        OptionError: if a name is unknown or there is none.
        MissingExtraError: if pycocoevalcap is not installed.
    """
    unknown = [name for name in wanted if name not in SCORES]
    if unknown or not wanted:
        raise OptionError(f"scores are {', '.join(wanted) or 'none'}; known: {', '.join(SCORES)}.")
    require("pycocoevalcap", extra="eval")
    has_java = shutil.which("java") is not None
    reasons = {name: f"{LABELS[name]} needs Java" for name in NEED_JAVA if name in wanted and not has_java}
    if "spice" in wanted and has_java and not _has_spice_models():
        reasons["spice"] = "SPICE needs Stanford CoreNLP: run python -m pycocoevalcap.spice.get_stanford_models once"
    possible = tuple(name for name in SCORES if name in wanted and name not in reasons)
    return Tools("PTB" if has_java else "plain", possible, reasons)


def score_captions(
    said: Mapping[str, str], references: Mapping[str, Sequence[str]], tools: Tools | None = None
) -> dict[str, float]:
    """Returns the scores of captions, over all pictures.

    Args:
        said: one caption for each picture, by name.
        references: what people said of each.
        tools: from `find_tools`; None for the default scores, as far as they can be computed here.

    Returns:
        "bleu_1" to "bleu_4", "meteor", "rouge" and "spice" from 0 to 1, "cider" from 0 to 10; higher is better.

    Raises:
        OptionError: if the pictures differ, or there is none.
        MissingExtraError: if pycocoevalcap is not installed.

    Source:
        pycocoevalcap. Without Java a tokenizer of our own stands in for the Penn Treebank's: scores change a little,
        so say which when you quote one. BLEU is of the corpus; CIDEr's word weights come from these references.

    Example:
        >>> plain = Tools("plain", ("bleu",), {})
        >>> score_captions({"a": "a dog on a bed"}, {"a": ["A dog on a bed."]}, plain)["bleu_4"] > 0.999
        True
    """
    if not said or said.keys() != references.keys():
        raise OptionError(
            f"{len(said)} captions for {len(references)} pictures; one for each of at least one expected."
        )
    tools = tools or find_tools()
    tokenize = _ptb if tools.tokenizer == "PTB" else _plain
    spoken = tokenize({name: [sentence] for name, sentence in said.items()})
    human = tokenize({name: list(sentences) for name, sentences in references.items()})
    scores: dict[str, float] = {}
    with contextlib.redirect_stdout(io.StringIO()):  # some tell their progress
        for name in tools.scores:
            value, _ = _scorer(name).compute_score(human, spoken)
            values = {f"bleu_{n}": one for n, one in enumerate(value, 1)} if name == "bleu" else {name: value}
            scores.update({key: float(one) for key, one in values.items()})
    return scores


def _scorer(name: str) -> Any:
    makers: dict[str, tuple[str, Callable[[Any], Any]]] = {
        "bleu": ("pycocoevalcap.bleu.bleu", lambda module: module.Bleu(4)),
        "meteor": ("pycocoevalcap.meteor.meteor", lambda module: module.Meteor()),
        "rouge": ("pycocoevalcap.rouge.rouge", lambda module: module.Rouge()),
        "cider": ("pycocoevalcap.cider.cider", lambda module: module.Cider()),
        "spice": ("pycocoevalcap.spice.spice", lambda module: module.Spice()),
    }
    module, make = makers[name]
    return make(require(module, extra="eval"))


def _ptb(captions: Tokens) -> Tokens:
    tokenizer = require("pycocoevalcap.tokenizer.ptbtokenizer", extra="eval").PTBTokenizer()
    tokens: Tokens = tokenizer.tokenize(
        {name: [{"caption": sentence} for sentence in sentences] for name, sentences in captions.items()}
    )
    return tokens


def _plain(captions: Tokens) -> Tokens:
    return {name: [" ".join(words_of(sentence)) for sentence in sentences] for name, sentences in captions.items()}


def words_of(sentence: str) -> list[str]:
    """Returns the words of a sentence in small letters, without punctuation.

    Example:
        >>> words_of("A dog's bed, on the floor.")
        ['a', 'dog', "'s", 'bed', 'on', 'the', 'floor']
    """
    return re.findall(r"'s\b|[^\W_]+(?:-[^\W_]+)*", sentence.casefold())


def _has_spice_models() -> bool:
    spec = importlib.util.find_spec("pycocoevalcap")
    places = list(spec.submodule_search_locations or []) if spec is not None else []
    return any((Path(place) / "spice" / "lib" / SPICE_MODELS).is_file() for place in places)
