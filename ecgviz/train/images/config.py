"""What the training of a page classifier is told; it is kept in the card, and the command's flags are made from it."""

from dataclasses import dataclass
from pathlib import Path

__all__ = ["UNFREEZE", "AdaptConfig", "PageConfig"]

UNFREEZE = ("head", "keras10", "Mixed_7c", "Mixed_7b+7c", "all")


@dataclass(frozen=True)
class PageConfig:
    """One training of a page classifier, cross-validated by recording."""

    name: str
    """name of the checkpoint: the folder made in models/"""
    architecture: str
    """a module of ecgviz.zoo.images"""
    data: Path
    """folder that holds ecg-images/"""
    start: Path | None = None
    """weights to start from, such as those of ImageNet; without it, random ones"""
    runs: Path = Path("runs")
    """where prepared pages and the maps of frozen layers are kept"""
    view: str = "ink"
    """what the network sees: ink, the strokes of the traces, or page, the whole picture in colour"""
    unfreeze: str = "head"
    """what is trained: head, keras10 (head and one bias), Mixed_7c, Mixed_7b+7c or all"""
    last: str = "Mixed_7c"
    """the block of Inception v3 that the head reads: Mixed_7a, Mixed_7b or, as in the seed, Mixed_7c"""
    peak: bool = False
    """the head reads the largest value over the page beside the average"""
    places: int = 0
    """channels that the head reads place by place beside the average over the page; 0 as in the seed"""
    views: int = 3
    """altered copies of each page, as other cameras would give it"""
    folds: int = 5
    """parts of the cross-validation"""
    repeats: int = 3
    """cross-validations with other parts"""
    epochs: int = 60
    """most passes over the training pages"""
    patience: int = 10
    """passes without a lower validation loss before stopping"""
    penalty: float = 0.0
    """of the squared weights of a head that is solved at once, in units of the spread of what it reads; 0 for a head
    trained step by step"""
    batch: int = 32
    """pages a step"""
    lr: float = 1e-3
    """learning rate of AdamW"""
    dropout: float = 0.5
    """before the head"""
    weight_decay: float = 0.05
    """of AdamW, decoupled"""
    seed: int = 0
    """of the parts, the initialisation and the order"""
    threads: int = 1
    """threads of torch"""

    @property
    def at_once(self) -> bool:
        """Whether the trained part is a head that is solved at once."""
        return self.penalty > 0 and self.unfreeze == "head"


@dataclass(frozen=True)
class AdaptConfig:
    """A network taught to read drawings of PTB-XL, as a start for the classifiers of pages."""

    architecture: str
    """a module of ecgviz.zoo.images"""
    data: Path
    """folder that holds ptb-xl/"""
    start: Path | None = None
    """weights to start from, such as those of ImageNet; without it, random ones"""
    runs: Path = Path("runs")
    """where the prepared signals are kept"""
    last: str = "Mixed_7c"
    """the last block of Inception v3 that is used"""
    places: int = 32
    """channels that are read place by place beside the average over the page; 0 for none"""
    minutes: float = 45.0
    """of training"""
    batch: int = 16
    """pages a step"""
    lr: float = 5e-4
    """highest learning rate of AdamW"""
    weight_decay: float = 0.02
    """of AdamW, decoupled"""
    seed: int = 0
    """of the order and the drawings"""
    threads: int = 1
    """threads of torch"""
