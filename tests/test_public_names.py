"""The public surface is a list that somebody looked at: adding to it or taking from it is a decision."""

import importlib

import pytest

PUBLIC = {
    "artgan_hf": """ArtganError DataError FileResult FolderReport ImageError IncompatibleModelError MissingExtraError
        ModelConfig ModelNotFoundError ModelSummary OptionError PredictedQuality QualityError QualityPredictor Restored
        Restorer ShapeError VideoError list_models pipeline""",
    "artgan_hf.codecs": "degrade degrade_twice encode quantisation_tables read_jpeg_info soft_jpeg",
    "artgan_hf.data": "GradedCrops JpegDegradation Pair PatchPairs WholePairs",
    "artgan_hf.evaluation": "Benchmark DEFAULT_FIGURES Figure PictureScore Row make_figures run_benchmark write_json",
    "artgan_hf.functional": "blocking_effect brisque niqe psnr psnr_b ssim to_grey",
    "artgan_hf.hub": "ModelConfig ModelFolder ModelSummary Provenance find_model list_models load_network save_model",
    "artgan_hf.images": "MAX_PIXELS Picture load_picture",
    "artgan_hf.losses": """CharbonnierLoss FeatureLoss Loss LpipsLoss MeanSquaredLoss SsimLoss discriminator_loss
        generator_loss quality_loss""",
    "artgan_hf.metrics": "MeanFigure mean_psnr mean_psnr_b mean_ssim",
    "artgan_hf.networks": """GENERATORS Generator InvertedResidualGenerator NETWORKS QUALITY_NETWORKS QualityNetwork
        ResidualGenerator SubPatchDiscriminator TwoScaleGenerator UnshuffleGenerator WholePatchDiscriminator
        architecture_of build_generator build_network kind_of""",
    "artgan_hf.restoring": """FileResult FolderReport Job PredictedQuality QualityPredictor Restorer is_picture_name
        pipeline places_in plan_folder plan_names run_jobs""",
    "artgan_hf.training": "ConfusionMatrix QualityModule RestorationModule SampleGrid",
}


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_on_the_list_and_documented(name):
    module = importlib.import_module(name)
    assert sorted(module.__all__) == sorted(PUBLIC[name].split())
    assert [
        public for public in module.__all__ if callable(getattr(module, public)) and not getattr(module, public).__doc__
    ] == []
