"""A tiny captioner as a folder, built here: a vision transformer of 16 channels and a GPT-2 that knows twelve words."""

import pytest

WORDS = ["<pad>", "<s>", "</s>", "a", "dog", "cat", "on", "the", "bed", "red", "street", "."]


@pytest.fixture(scope="session")
def tiny_captioner(tmp_path_factory):
    """The folder of a `transformers` model with random weights that says a few words of every picture."""
    transformers = pytest.importorskip("transformers")
    import tokenizers
    import torch

    folder = tmp_path_factory.mktemp("captioner")
    vocabulary = {word: number for number, word in enumerate(WORDS)}
    words = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token="a"))
    words.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="<pad>", bos_token="<s>", eos_token="</s>"
    ).save_pretrained(folder)
    transformers.ViTImageProcessor(size={"height": 16, "width": 16}).save_pretrained(folder)
    small = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    sees = transformers.ViTConfig(**small, image_size=16, patch_size=8)
    says = transformers.GPT2Config(
        vocab_size=len(WORDS), n_embd=16, n_layer=1, n_head=2, n_positions=64, bos_token_id=1, eos_token_id=2
    )
    config = transformers.VisionEncoderDecoderConfig.from_encoder_decoder_configs(sees, says)
    torch.manual_seed(3)
    model = transformers.VisionEncoderDecoderModel(config)
    model.config.decoder_start_token_id = model.generation_config.decoder_start_token_id = 1
    model.config.pad_token_id = model.generation_config.pad_token_id = 0
    model.generation_config.eos_token_id = 2
    model.save_pretrained(folder)
    return folder
