"""Every error this package raises on purpose. Each message says what was got, what was expected, and what to do.

ArtganError
├── ImageError              the picture cannot be read, or is of a kind that cannot be restored
├── VideoError              the same for a clip
├── QualityError            not a JPEG quality (also a ValueError)
├── ShapeError              a tensor or array of the wrong shape, type or range (also a ValueError)
├── OptionError             a knob outside its range (also a ValueError)
├── DataError               a data set that is empty, missing or unreadable
├── ModelNotFoundError      no such model here, in the package or on the Hub
├── IncompatibleModelError  the model was found but cannot be used: its config or its weights are broken or too new
├── PublishError            the Hub did not take a model or a Space, or it is not fit to be published
└── MissingExtraError       an optional dependency is not installed (also an ImportError)
"""


class ArtganError(Exception):
    """The root of the tree: `except ArtganError` catches whatever this package raises on purpose."""


class ImageError(ArtganError):
    """The picture cannot be read, or is of a kind that cannot be restored."""


class VideoError(ArtganError):
    """The clip cannot be read, or is of a kind that cannot be restored."""


class QualityError(ArtganError, ValueError):
    """Not a JPEG quality."""


class ShapeError(ArtganError, ValueError):
    """A tensor or array of the wrong shape, type or range."""


class OptionError(ArtganError, ValueError):
    """A knob outside its range."""


class DataError(ArtganError):
    """A data set that is empty, missing or unreadable."""


class ModelNotFoundError(ArtganError):
    """No such model here, in the package or on the Hub."""


class IncompatibleModelError(ArtganError):
    """The model was found but cannot be used."""


class PublishError(ArtganError):
    """The Hub did not take a model or a Space, or it is not fit to be published."""


class MissingExtraError(ArtganError, ImportError):
    """An optional dependency is not installed."""
