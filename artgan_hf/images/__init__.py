"""Pictures in, pictures out: any source becomes layers of RGB, and the restored layers become the same kind again."""

from artgan_hf.images.picture import MAX_PIXELS, Picture, load_picture

__all__ = ["MAX_PIXELS", "Picture", "load_picture"]
