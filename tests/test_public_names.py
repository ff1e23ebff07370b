"""The public surface is a list that somebody looked at: adding to it or taking from it is a decision."""

import importlib

PUBLIC = {
    "artgan_hf.codecs": None,
    "artgan_hf.data": "GradedCrops JpegDegradation Pair PatchPairs WholePairs",
    "artgan_hf.hub": "ModelConfig ModelFolder ModelSummary Provenance find_model list_models load_network save_model",
    "artgan_hf.losses": (
        "CharbonnierLoss FeatureLoss Loss LpipsLoss MeanSquaredLoss SsimLoss discriminator_loss generator_loss "
        "quality_loss"
    ),
    "artgan_hf.networks": (
        "GENERATORS NETWORKS QUALITY_NETWORKS Generator InvertedResidualGenerator QualityNetwork ResidualGenerator "
        "SubPatchDiscriminator TwoScaleGenerator UnshuffleGenerator WholePatchDiscriminator architecture_of "
        "build_generator build_network kind_of"
    ),
    "artgan_hf.training": "ConfusionMatrix QualityModule RestorationModule SampleGrid",
}


def test_every_public_name_is_on_the_list_and_documented():
    for module_name, names in PUBLIC.items():
        module = importlib.import_module(module_name)
        if names is None:
            continue
        assert sorted(module.__all__) == sorted(names.split()), module_name
        for name in module.__all__:
            assert isinstance(getattr(module, name), dict) or getattr(module, name).__doc__
