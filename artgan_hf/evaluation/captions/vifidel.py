"""VIFIDEL: does a caption speak of what is in the picture? Words against detected objects, by word mover's distance."""

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan_hf.errors import DataError
from artgan_hf.evaluation.captions.scores import words_of
from artgan_hf.optional import require

# Words without a content that could be in a picture.
WORDS_WITHOUT_CONTENT = """
    a an the this that these those some any each every all both and or but nor so yet if as than then while because
    of in on at by to from into onto off over under above below up down out with without for about against between
    through during before after behind beside near next toward towards around across along among inside outside upon
    is are was were be been being am has have had having do does did doing can could will would shall should may might
    must it its he him his she her hers they them their theirs we us our you your i me my who whom whose which what
    there here where when how why not no very too also just only other another such own same few more most much many
    's s"""
EMPTY_WORDS = frozenset(WORDS_WITHOUT_CONTENT.split())

WordVectors = Mapping[str, NDArray[np.floating]]


def read_word_vectors(path: str | PathLike[str], words: Collection[str]) -> WordVectors:
    """Returns the vectors of some words, each of length 1.

    Args:
        path: a text file in GloVe's format: a word and its numbers on each line.
        words: those wanted, in small letters; those that the file lacks are left out.

    Raises:
        DataError: if the file cannot be read or is of another format; it and the line are named.
    """
    wanted, vectors = set(words), {}
    for number, line in _lines(Path(path)):
        word, _, rest = line.rstrip("\n").partition(" ")
        if word in wanted:
            vector = np.array(_numbers(rest, path, number))
            vectors[word] = vector / max(float(np.linalg.norm(vector)), 1e-12)
    if not vectors:
        raise DataError(f"{path} has none of the words of the captions; English vectors in GloVe's format expected.")
    if len({len(vector) for vector in vectors.values()}) > 1:
        raise DataError(f"{path} has vectors of different lengths; GloVe's format was expected.")
    return vectors


def vifidel(objects: Sequence[str], caption: str, vectors: WordVectors) -> float:
    """Returns how well a caption speaks of the objects in a picture, from 0 to 1; 1 if it names just those.

    Args:
        objects: names of what was detected, one for each object.
        caption: a sentence.
        vectors: from `read_word_vectors`; words without one are left out.

    Returns:
        exp(-d), d the word mover's distance; 0 if no word of either side has a vector.

    Raises:
        MissingExtraError: if scipy is not installed.

    Source:
        Madhyastha, Wang, Specia: VIFIDEL, ACL 2019, the variant without references. The exponential is our reading: it
        gives the order of the published numbers.

    Example:
        >>> vectors = {"dog": np.array([1.0, 0.0]), "bed": np.array([0.0, 1.0])}
        >>> vifidel(["dog", "bed"], "A dog on a bed.", vectors)
        1.0
    """
    there = Counter(word for word in content_words(" ".join(objects)) if word in vectors)
    said = Counter(word for word in content_words(caption) if word in vectors)
    if not there or not said:
        return 0.0
    return math.exp(-_mover_distance(there, said, vectors))


def content_words(text: str) -> list[str]:
    """Returns the words of a text that may stand for something in a picture.

    Example:
        >>> content_words("A dog is lying on the bed.")
        ['dog', 'lying', 'bed']
    """
    return [word for word in words_of(text) if word not in EMPTY_WORDS]


def _mover_distance(first: Counter[str], second: Counter[str], vectors: WordVectors) -> float:
    """The least work to turn one bag of words into the other: a transport problem."""
    optimize: Any = require("scipy.optimize", extra="eval")
    rows, columns = list(first), list(second)
    cost = np.array([[np.linalg.norm(vectors[row] - vectors[column]) for column in columns] for row in rows])
    leaves = np.kron(np.eye(len(rows)), np.ones(len(columns)))  # all of each word of the first is moved
    arrives = np.kron(np.ones(len(rows)), np.eye(len(columns)))
    shares = [
        np.array([bag[word] for word in words]) / bag.total() for bag, words in ((first, rows), (second, columns))
    ]
    plan = optimize.linprog(cost.ravel(), A_eq=np.vstack([leaves, arrives]), b_eq=np.concatenate(shares))
    assert plan.success, "a transport problem between two full bags has a solution"
    return max(float(plan.fun), 0.0)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8") as file:
            yield from enumerate(file, 1)
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read ({error}); a text file in GloVe's format was expected.") from error


def _numbers(text: str, path: str | PathLike[str], number: int) -> list[float]:
    try:
        return [float(part) for part in text.split()]
    except ValueError as error:
        raise DataError(f"{path}, line {number}: {error}; GloVe's format has a word and its numbers.") from error
