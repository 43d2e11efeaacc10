"""Networks and their weights: built from a card, kept as safetensors, checked whenever they are loaded."""

import hashlib
import importlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_bytes
from safetensors.torch import save as save_bytes
from torch import Tensor, nn

from ecgviz.card import Card, ModelCard, load_card
from ecgviz.errors import CardError, ModelError
from ecgviz.zoo import ARCHITECTURES
from ecgviz.zoo._int8 import pack, unpack

__all__ = [
    "Ensemble",
    "Member",
    "Model",
    "architecture",
    "build",
    "check_digest",
    "fill",
    "gflop",
    "load",
    "narrow",
    "parameters",
    "read_weights",
    "save_weights",
    "state_of",
    "together",
]

WEIGHTS = "weights.safetensors"


@dataclass(frozen=True, eq=False)
class Member:
    """One network of a model and the module of its architecture."""

    network: nn.Module
    module: ModuleType


@dataclass(frozen=True, eq=False)
class Model:
    """A loaded model. `lock` guards whatever attaches hooks to the network; plain forward passes need none.

    members: the networks whose logits `network` averages; for all but an ensemble, `network` itself.
    """

    card: ModelCard
    network: nn.Module
    members: tuple[Member, ...]
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def module(self) -> ModuleType:
        """The architecture of the first member."""
        return self.members[0].module

    @property
    def cam_layer(self) -> nn.Module:
        """The layer of the first member whose activations Grad-CAM weighs."""
        layer: nn.Module = self.module.cam_layer(self.members[0].network)
        return layer


class Ensemble(nn.Module):
    """Mean of the members' logits.

    scales: each member's input for the same mV, as a multiple of this one's; widths: samples of each member's window,
    the whole input where there are none.
    """

    def __init__(self, networks: Sequence[nn.Module], scales: Sequence[float], widths: Sequence[int] = ()) -> None:
        super().__init__()
        self.networks, self.scales, self.widths = nn.ModuleList(networks), tuple(scales), tuple(widths)

    def forward(self, x: Tensor, demographics: Tensor | None = None) -> Tensor:
        widths = self.widths or (x.shape[2],) * len(self.networks)
        found = [
            _by_windows(network, x * scale, demographics, width)
            for network, scale, width in zip(self.networks, self.scales, widths, strict=True)
        ]
        return torch.stack(found).mean(dim=0)  # (n, labels)


def _by_windows(network: nn.Module, x: Tensor, person: Tensor | None, width: int) -> Tensor:
    """Mean logits over windows of `width` side by side; the last one ends where x ends."""
    length = x.shape[2]
    starts = [*range(0, length - width + 1, width)] or [0]
    if starts[-1] + width < length:
        starts.append(length - width)
    return torch.stack([network(x[:, :, s : s + width], person) for s in starts]).mean(dim=0)


def architecture(name: str) -> ModuleType:
    """The module of an architecture. Raises ModelError for an unknown one."""
    if name not in ARCHITECTURES:
        raise ModelError(f"There is no architecture {name!r}; choose one of {', '.join(ARCHITECTURES)}.")
    return importlib.import_module(f"ecgviz.zoo.{name}")


def build(name: str, config: dict[str, Any]) -> nn.Module:
    """A network with fresh weights. Raises ModelError when the configuration has an unknown field."""
    module = architecture(name)
    known = {f.name for f in fields(module.Config)}
    if unknown := sorted(set(config) - known):
        raise ModelError(f"{name} has no setting {', '.join(unknown)}; it has {', '.join(sorted(known))}.")
    network: nn.Module = module.Model(module.Config(**config))
    return network


def parameters(network: nn.Module) -> int:
    """Number of trainable parameters."""
    return sum(p.numel() for p in network.parameters())


def save_weights(network: nn.Module, folder: Path, int8: bool = False) -> str:
    """Write `weights.safetensors`, matrices as float16 and the rest as float32; returns the file's SHA-256.

    int8: large matrices as 8-bit whole numbers instead, half the size; see `_int8`.
    """
    state = pack(network.state_dict()) if int8 else network.state_dict()
    kept = {k: (v.half() if v.ndim > 1 and v.is_floating_point() else v).contiguous() for k, v in state.items()}
    data = save_bytes(kept)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS).write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def read_weights(folder: Path) -> dict[str, Tensor]:
    """The tensors of a folder's weights, all in float32."""
    state: dict[str, Tensor] = unpack(load_bytes((folder / WEIGHTS).read_bytes()))
    return {k: v.float() if v.is_floating_point() else v for k, v in state.items()}


def state_of(folder: Path, card: Card) -> dict[str, Tensor]:
    """The tensors of a folder's weights. Raises CardError where they are not those of the card or not finite."""
    check_digest(folder / WEIGHTS, card)
    try:
        state = read_weights(folder)
    except (OSError, SafetensorError) as error:
        raise CardError(f"{card.name}: {WEIGHTS} cannot be read ({error}).") from error
    if not all(torch.isfinite(v).all() for v in state.values()):
        raise CardError(f"{card.name}: {WEIGHTS} holds values that are not finite; fetch it again.")
    return state


def check_digest(path: Path, card: Card) -> None:
    """Raises CardError where the file of a card's weights is absent or another."""
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise CardError(f"{card.name}: {path.name} cannot be read ({error}).") from error
    if digest != card.weights_digest:
        raise CardError(f"{card.name}: the weights are not those of the card; fetch models/{card.name} again.")


def fill(network: nn.Module, state: dict[str, Tensor], card: Card) -> None:
    """Put the tensors into the network. Raises CardError where names or shapes do not fit."""
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise CardError(f"{card.name}: the weights do not fit {card.architecture} ({error}).") from error


def load(folder: Path) -> Model:
    """The model in `folder`, with weights of its own or of its members beside it.

    Raises CardError where digest, names, shapes or values do not fit a card.
    """
    card = load_card(folder / "card.json")
    owners = [folder.parent / name for name in card.members] or [folder]
    cards = [load_card(owner / "card.json") for owner in owners]
    if card.weights_digest != together([owner.weights_digest for owner in cards]):
        raise CardError(f"{card.name}: its members have other weights than its card says; fetch models/ again.")
    members = tuple(_member(owner, found, card.task) for owner, found in zip(owners, cards, strict=True))
    network = members[0].network
    if len(members) > 1:
        scales = [card.input.scale_mv / found.input.scale_mv for found in cards]
        widths = [round(seconds * card.input.fs) for seconds in card.config.get("windows_s", ())]
        network = Ensemble([member.network for member in members], scales, widths).eval()
    return Model(card, network, members)


def together(digests: Sequence[str]) -> str:
    """One digest for several weights files; that of a single one is its own."""
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def _member(folder: Path, card: ModelCard, task: str) -> Member:
    """The network in `folder` with the outputs of `task`."""
    state = state_of(folder, card)
    network = build(card.architecture, card.config)
    fill(network, state, card)
    module = architecture(card.architecture)
    if card.heads:
        if task not in card.heads:
            raise CardError(f"{card.name}: the weights have no head {task}; they have {', '.join(card.heads)}.")
        narrow(module.output_layer(network), *card.heads[task])
    network.eval().requires_grad_(False)
    return Member(network, module)


def narrow(layer: nn.Linear, first: int, end: int) -> None:
    """Keep the outputs from `first` to before `end` of the layer that gives the logits."""
    layer.weight = nn.Parameter(layer.weight.detach()[first:end].clone())
    layer.bias = nn.Parameter(layer.bias.detach()[first:end].clone())
    layer.out_features = end - first


def gflop(network: nn.Module, run: Callable[[], object]) -> float:
    """10^9 floating-point operations of `run`, 2 per multiply-add, in convolutions, LSTM and linear layers."""
    total = [0]

    def count(layer: nn.Module, _: Any, out: Any) -> None:
        if isinstance(layer, nn.LSTM):
            total[0] += 2 * out[0][..., 0].numel() * sum(w.numel() for w in layer.parameters() if w.ndim == 2)
        elif isinstance(layer, nn.Conv1d):
            total[0] += 2 * out.numel() * layer.in_channels * layer.kernel_size[0] // layer.groups
        elif isinstance(layer, nn.Linear):
            total[0] += 2 * out.numel() * layer.in_features

    counted = [m for m in network.modules() if isinstance(m, nn.Conv1d | nn.LSTM | nn.Linear)]
    hooks = [m.register_forward_hook(count) for m in counted]
    try:
        run()
    finally:
        for hook in hooks:
            hook.remove()
    return total[0] / 1e9
