# `make help` lists what there is. Everything runs in .venv, which is made once and made anew when the requirements change.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
REQUIREMENTS := pyproject.toml constraints.txt
.DEFAULT_GOAL := help
.PHONY: help setup demo check test test-quick recipes app bench bench-video evaluate report clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(BIN)/python:
	@echo "== making $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is needed: make PYTHON=python3.11 ...")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.light: $(BIN)/python $(REQUIREMENTS)
	@echo "== installing what restoring needs (torch is large: about a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt -e .
	@touch $@

$(VENV)/.full: $(VENV)/.light
	@echo "== installing what training, evaluation and the tests need (about two minutes)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -c constraints.txt -e '.[dev]'
	@touch $@

setup: $(VENV)/.full ## make .venv with everything in it

demo: $(VENV)/.light ## restore a shipped JPEG with the shipped weights and write out/demo.png
	@$(BIN)/artgan demo -o out/demo.png

check: $(VENV)/.full ## format, lint, types and the import contract
	@echo "== ruff" && $(BIN)/ruff format --check . && $(BIN)/ruff check .
	@echo "== mypy --strict" && $(BIN)/mypy
	@echo "== lint-imports" && $(BIN)/lint-imports

test: $(VENV)/.full ## all tests but those that need a GPU or the internet
	@echo "== pytest"
	@$(BIN)/python -m pytest -n 2 -m "not network and not gpu"

test-quick: $(VENV)/.full ## the tests that take seconds
	@$(BIN)/python -m pytest -n 2 -m "not network and not gpu and not slow"

recipes: $(VENV)/.full ## one step of every recipe on tiny networks
	@$(BIN)/python -m pytest tests/test_recipes.py

app: $(VENV)/.full ## the demo page in the browser
	@$(BIN)/artgan app

bench: $(VENV)/.light ## megapixels per second and memory, beside the DnCNN-3 shape
	@$(BIN)/artgan bench

bench-video: $(VENV)/.full ## frames per second from video to video: make bench-video CLIP=talk.mp4
	@$(BIN)/artgan bench-video $(or $(CLIP),$(error say which clip: make bench-video CLIP=talk.mp4))

evaluate: $(if $(DATA),$(VENV)/.light) ## the table of scores: make evaluate DATA=folder-of-clean-pictures
	@$(BIN)/artgan evaluate --models artgan/qf10 --data $(or $(DATA),$(error say where the clean pictures are: make evaluate DATA=folder)) --quality 10

report: $(if $(DATA),$(VENV)/.full) ## all shipped models beside their peers: make report DATA=clean-pictures COCO=folder DETECTOR=yolox.onnx
	@$(BIN)/artgan report --data $(or $(DATA),$(error say where the clean pictures are: make report DATA=folder)) $(if $(COCO),--coco $(COCO) --detector $(or $(DETECTOR),$(error say which detector: make report DATA=folder COCO=folder DETECTOR=yolox.onnx)))

clean: ## remove what the targets made (.venv, out, caches); runs/ stays
	@rm -rf $(VENV) out .mypy_cache .ruff_cache .pytest_cache .import_linter_cache dist
