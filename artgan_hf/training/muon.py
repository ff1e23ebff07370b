"""Muon: an optimiser that moves a convolution in all directions alike, and so gets further with the same pictures."""

import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

MOMENTUM = 0.95
BETAS = (0.9, 0.99)
EPSILON = 1e-8
RMS = 0.2  # of an update per unit of learning rate: AdamW's, so that its rates may be kept
QUINTIC = (3.4445, -4.7750, 2.0315)  # of the Newton-Schulz iteration: brings every singular value near 1 in few steps
ITERATIONS = 5


class Muon(torch.optim.Optimizer):
    """Moves convolution kernels along their orthogonalised momentum, and all other parameters as Adam does.

    A gradient's few strong directions drown its many weak ones; made orthogonal, all are followed equally. Adam's
    part is AdamW without weight decay.

    Args:
        parameters: of the network. A kernel is a parameter of 4 dimensions [out, in, height, width], taken as a
            matrix of `out` rows.
        lr: learning rate; one that suits AdamW suits here.

    Source:
        Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024; the scale of the update that
        of Liu et al., "Muon is Scalable for LLM Training", 2025.

    Example:
        >>> network = nn.Conv2d(3, 8, 3)
        >>> optimizer = Muon(network.parameters(), lr=1e-3)
        >>> network(torch.rand(1, 3, 8, 8)).mean().backward()
        >>> optimizer.step()
    """

    def __init__(self, parameters: Iterable[nn.Parameter], lr: float) -> None:
        super().__init__(parameters, {"lr": lr})

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Moves every parameter that has a gradient, and returns what the closure did, if there is one."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    update = self._orthogonal if parameter.ndim == 4 else self._adam
                    parameter.add_(update(parameter.grad, self.state[parameter]), alpha=-group["lr"])
        return loss

    def _orthogonal(self, gradient: Tensor, state: dict[str, Tensor]) -> Tensor:
        """Returns Nesterov's momentum, made orthogonal."""
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(gradient)
        momentum = state["momentum"].mul_(MOMENTUM).add_(gradient)
        matrix = gradient.add(momentum, alpha=MOMENTUM).flatten(1)
        scale = RMS * math.sqrt(max(matrix.shape))
        return (scale * orthogonalised(matrix)).reshape(gradient.shape)

    def _adam(self, gradient: Tensor, state: dict[str, Tensor]) -> Tensor:
        """Returns the mean of the gradients over the root of the mean of their squares."""
        if "mean" not in state:
            zeros = {name: torch.zeros_like(gradient) for name in ("mean", "square")}
            state |= {"step": torch.zeros(()), **zeros}
        state["step"] += 1
        mean = state["mean"].lerp_(gradient, 1 - BETAS[0]) / (1 - BETAS[0] ** state["step"])
        square = state["square"].lerp_(gradient.square(), 1 - BETAS[1]) / (1 - BETAS[1] ** state["step"])
        return mean / (square.sqrt() + EPSILON)


def orthogonalised(matrix: Tensor) -> Tensor:
    """Returns a matrix with the same singular vectors and all singular values near 1 (0.7 to 1.2).

    Args:
        matrix: shape [rows, columns]; of any scale.

    Source:
        Jordan et al., 2024: five steps of a Newton-Schulz iteration with a quintic polynomial.

    Example:
        >>> torch.linalg.svdvals(orthogonalised(torch.diag(torch.tensor([3.0, 1.0])))).round()
        tensor([1., 1.])
    """
    if matrix.size(0) > matrix.size(1):
        return orthogonalised(matrix.T).T
    first, third, fifth = QUINTIC
    matrix = matrix / (matrix.norm() + EPSILON)
    for _ in range(ITERATIONS):
        gram = matrix @ matrix.T
        matrix = first * matrix + (third * gram + fifth * gram @ gram) @ matrix
    return matrix
