"""Codecs: what degrades a picture, and what a compressed file says of itself."""

from artgan_hf.codecs.jpeg import degrade, degrade_twice, encode, quantisation_tables, read_jpeg_info
from artgan_hf.codecs.soft_jpeg import soft_jpeg

__all__ = ["degrade", "degrade_twice", "encode", "quantisation_tables", "read_jpeg_info", "soft_jpeg"]
