"""The toy network as ONNX, converted once for all tests: a conversion takes seconds."""

from functools import cache

from toy_models import toy_network

from artgan_hf.networks.onnx import to_onnx


@cache
def toy_onnx(network=None):
    """Returns the ONNX file of `toy_network`, whatever is passed: a stand-in for `to_onnx`."""
    return _toy_onnx()


@cache
def _toy_onnx():
    return to_onnx(toy_network())
