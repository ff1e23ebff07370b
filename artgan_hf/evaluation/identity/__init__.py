"""The face recogniser as judge: is a restored face still the same person's?"""

from artgan_hf.evaluation.identity.embedders import FaceEmbedder, open_embedder
from artgan_hf.evaluation.identity.report import IdentityReport, IdentityRow
from artgan_hf.evaluation.identity.run import evaluate_identity

__all__ = ["FaceEmbedder", "IdentityReport", "IdentityRow", "evaluate_identity", "open_embedder"]
