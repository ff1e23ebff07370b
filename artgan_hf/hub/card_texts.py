"""The words of model cards, a template for each kind of model. Filled in by card_bodies."""

CROPS = "![Crops at 200 %, compressed, restored and original]({file})\n\n"

GENERATOR = """\
# {model_id}

{description}

{crops}A network that takes a picture damaged by {codec} compression and returns one of the same size that looks less
damaged. Trained for {codec} {range}. {parameters} parameters, {megabytes} MB, architecture `{architecture}`.{parent}

## How to use

{usage}
{fidelity}
## Scores

{scores}
{comparison}
## Training

{training}

## Limits

- It adds detail that is likely, not detail that was there. Not for evidence, medicine or forensics, and not for reading
  faces, text or number plates that compression has destroyed.
- {kind} outside {codec} {range}, or compressed twice on shifted grids, come out less well.
- A network trained with an adversarial loss has a lower PSNR than one trained on a pixel loss, by design: judge by eye.

## Fine-tune it

{fine_tuning}
"""

USAGE = {
    "jpeg": """\
`pip install artgan-hf`, then:

```python
from artgan_hf import Restorer

restorer = Restorer.from_pretrained("{model_id}")
result = restorer.restore("photo.jpg")
result.image.save("restored.png")
print(f"JPEG quality {{result.quality}}, restored in {{result.seconds:.1f}} s")
```""",
    "h264": """\
`pip install 'artgan-hf[video]'`, then:

```python
from artgan_hf.restoring import VideoRestorer

restorer = VideoRestorer.from_pretrained("{model_id}")
restorer("video.mp4", "restored.mp4")
```""",
}

FINE_TUNING = {
    "jpeg": """\
```bash
pip install 'artgan-hf[train]'
artgan finetune PHOTOS --from {model_id} -o my-model
```

makes it better at pictures like those in a folder of your own clean ones, and tells what was gained. The recipe that it
comes from, with every value explained: `artgan fit -c {recipe} --data.folders '[PHOTOS]'`.""",
    "h264": """\
Its recipe, with every value explained, goes on from these weights on pictures of your own:

```bash
pip install 'artgan-hf[train,video]'
artgan fit -c {recipe} --data.folders '[PHOTOS]' --model.init_args.start_from {model_id}
```""",
}

FIDELITY = """
`fidelity` goes back from this network to [{parent}](https://huggingface.co/{parent}), the pixel-loss network that its
adversarial training started from: 0 is this one, 1 the other, and in between the weights of both are mixed.

```python
restorer = Restorer.from_pretrained("{model_id}", fidelity=0.5)
```
"""

COMPARISON = """
What becomes of one parent by the short recipes of these names, which differ in their losses:

{table}
"""

PREDICTOR = """\
# {model_id}

{description}

A network that tells at which quality a JPEG was saved, from its pixels alone: any crop of 128x128 or more, wherever the
8x8 grid starts. {parameters} parameters, {megabytes} MB, on top of a fixed first layer that measures how far blockwise
DCT coefficients are multiples of each possible quantisation step; architecture `{architecture}`, trained for JPEG
{range}.

## How to use

`pip install artgan-hf`, then:

```python
from artgan_hf import QualityPredictor

predicted = QualityPredictor.from_pretrained("{model_id}")("photo.png")
print(predicted.quality, predicted.probabilities)
```

`artgan inspect FILE` shows the same beside what the file's tables say. It decides which network of an ensemble restores
a picture.

## Scores

{scores}

## Training

{training}

## Limits

- Pictures that were resized or blurred since they were compressed have lost the traces it looks for: they count as
  hardly compressed. An almost even crop is a guess.
- Of a picture compressed twice on one grid it tells the stronger compression, on shifted grids the last one.
- It speaks of libjpeg's scale; for other encoders it tells the libjpeg quality with the most similar steps.
"""

ENSEMBLE = """\
# {model_id}

{description}

{crops}Looks at each picture and restores it with the network that was trained for its JPEG quality. It has no weights
of its own: the networks below are loaded when a picture first needs them.

| JPEG quality | restored by |
|---|---|
{experts}

## How it chooses

- A JPEG file says in its quantisation tables how it was compressed.
  [{predictor}](https://huggingface.co/{predictor}) tells the same from the pixels, also of
  screenshots, crops and PNGs made from JPEGs.
- The tables are believed unless the pixels show steps that are coarser by more than half an octave (a factor of 1.4):
  then the picture was compressed more strongly before the file was saved, and the pixels count. Without a file the
  pixels decide.
- The expert of the nearest quality restores it. From quality 90 on the strength fades, and from 98 on a picture comes
  back as it was: what is hardly compressed is left alone.

## How to use

`pip install artgan-hf`, then:

```python
from artgan_hf import Restorer

restorer = Restorer.from_pretrained("{model_id}")
result = restorer.restore("photo.jpg")
result.image.save("restored.png")
print(f"quality {{result.quality}} by the {{result.quality_from}}, restored by {{result.model}}")

restorer.restore("photo.jpg", quality=10)  # for this quality, whatever file and pixels say
```

## Scores

{scores}

## Limits

- It adds detail that is likely, not detail that was there. Not for evidence, medicine or forensics, and not for reading
  faces, text or number plates that compression has destroyed.
- A picture that was resized after it was compressed has lost the traces of it, and is left alone: pass `quality`.
- Of a picture compressed twice on shifted grids the last quality is told, which may be the better one: pass `quality`.
"""

CITATION = """
## Citation

The method is that of

```bibtex
@inproceedings{galteri2017deep,
  title = {Deep Generative Adversarial Compression Artifact Removal},
  author = {Galteri, Leonardo and Seidenari, Lorenzo and Bertini, Marco and Del Bimbo, Alberto},
  booktitle = {IEEE International Conference on Computer Vision (ICCV)},
  year = {2017}
}
@article{galteri2019universal,
  title = {Deep Universal Generative Adversarial Compression Artifact Removal},
  author = {Galteri, Leonardo and Seidenari, Lorenzo and Bertini, Marco and Del Bimbo, Alberto},
  journal = {IEEE Transactions on Multimedia},
  year = {2019}
}
@inproceedings{galteri2019realtime,
  title = {Towards Real-Time Image Enhancement GANs},
  author = {Galteri, Leonardo and Seidenari, Lorenzo and Bertini, Marco and Del Bimbo, Alberto},
  booktitle = {Computer Analysis of Images and Patterns (CAIP)},
  year = {2019}
}
```

This is an independent implementation, and its weights were trained from scratch: the papers' numbers are not these.
"""
