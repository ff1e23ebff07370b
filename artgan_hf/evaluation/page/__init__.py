"""A benchmark as one web page: tables, curves and pictures, drawn here and dependent on nothing."""

from artgan_hf.evaluation.page.document import benchmark_page

__all__ = ["benchmark_page"]
