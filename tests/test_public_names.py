"""The public surface is a list that somebody looked at: adding to it or taking from it is a decision."""

import importlib

import pytest

PUBLIC = {
    "artgan_hf": """ArtganError DataError EnsembleConfig FileResult FolderReport ImageError IncompatibleModelError
        MissingExtraError ModelConfig ModelNotFoundError ModelSummary OptionError PredictedQuality
        PublishError QualityError QualityPredictor Restored RestoredVideo Restorer ShapeError VideoError
        VideoRestorer list_models pipeline""",
    "artgan_hf.codecs": "degrade degrade_twice encode quantisation_tables read_jpeg_info soft_jpeg",
    "artgan_hf.data": """AnyOf DatasetSource Degradation FolderSource GradedCrops H264Degradation
        JpegDegradation Pair PatchPairs Source WholePairs""",
    "artgan_hf.evaluation": """Benchmark DEFAULT_FIGURES Figure PictureScore Row ScoreCache load_methods make_figures
        run_benchmark write_json write_report""",
    "artgan_hf.evaluation.captions": """CaptionReport CaptionRow CaptionedPicture Captioner DEFAULT_SCORES Fidelity
        SCORES evaluate_captions open_captioner read_captions read_word_vectors score_captions vifidel""",
    "artgan_hf.evaluation.detection": """AnnotatedPicture DetectionReport DetectionRow Detections Detector Precision
        average_precision evaluate_detection open_detector read_annotations""",
    "artgan_hf.evaluation.identity": "FaceEmbedder IdentityReport IdentityRow evaluate_identity open_embedder",
    "artgan_hf.evaluation.study": """Plan Rating Ratings Screening Stimulus Study StudyReport new_study open_study
        rating_page report_study screen_raters""",
    "artgan_hf.export": """Exported FORMATS Parity check_parity export_model write_coreml write_onnx write_openvino""",
    "artgan_hf.functional": """Drift block_grids blocking_effect brisque flat_drift flicker ms_ssim niqe psnr
        psnr_b relative_flicker ssim to_grey""",
    "artgan_hf.hub": """AnyConfig EnsembleConfig ModelConfig ModelFolder ModelSummary Provenance find_model list_models
        load_network save_model""",
    "artgan_hf.images": "MAX_PIXELS Picture load_picture",
    "artgan_hf.losses": """CharbonnierLoss FeatureLoss LatticeLoss LocalColourLoss Loss LpipsLoss MeanSquaredLoss
        PsnrLoss SsimLoss discriminator_loss generator_loss quality_loss""",
    "artgan_hf.metrics": """MeanDistance MeanFigure mean_blocking_effect mean_brisque mean_dists mean_lpips mean_ms_ssim
        mean_niqe mean_psnr mean_psnr_b mean_ssim""",
    "artgan_hf.networks": """GENERATORS Generator InvertedResidualGenerator NETWORKS QUALITY_NETWORKS QualityNetwork
        ResidualGenerator SubPatchDiscriminator TwoScaleGenerator UnshuffleGenerator WholePatchDiscriminator
        architecture_of build_generator build_network kind_of""",
    "artgan_hf.restoring": """FileResult FolderReport Job PredictedQuality QualityPredictor RestoredVideo Restorer
        VideoRestorer is_picture_name pipeline places_in plan_folder plan_names run_jobs""",
    "artgan_hf.training": "ConfusionMatrix QualityModule RestorationModule RunProgressBar SampleGrid",
}


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_on_the_list_and_documented(name):
    module = importlib.import_module(name)
    assert sorted(module.__all__) == sorted(PUBLIC[name].split())
    assert [
        public for public in module.__all__ if callable(getattr(module, public)) and not getattr(module, public).__doc__
    ] == []
