"""artgan_hf: makes compressed pictures and video look good again."""

__version__ = "0.1.0"
