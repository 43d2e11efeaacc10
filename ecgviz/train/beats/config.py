"""What a training of a beat classifier is told; the command line's flags are made from it."""

from dataclasses import dataclass
from pathlib import Path

__all__ = ["SPLITS", "BeatConfig", "InterPatientConfig"]

SPLITS = ("kaggle", "inter_patient")


@dataclass(frozen=True)
class BeatConfig:
    """One training of a classifier of single beats on MIT-BIH."""

    name: str
    """name of the model: the folder made in models/"""
    architecture: str
    """a module of ecgviz.zoo.beats"""
    data: Path
    """folder that holds mitdb/"""
    setting: str = ""
    """settings of the architecture that differ from its defaults, such as 'row=9' or 'cell=lstm layers=2'"""
    split: str = "kaggle"
    """kaggle (beats at random, the seeds' way) or inter_patient (DS1 against DS2)"""
    runs: Path = Path("runs")
    """where the results of each run are kept"""
    epochs: int = 12
    """passes over the beats"""
    batch: int = 256
    """beats a step"""
    lr: float = 3e-3
    """highest learning rate of the one-cycle schedule"""
    weight_decay: float = 1e-2
    """of AdamW, decoupled"""
    cap: int = 20_000
    """beats of a class in an epoch at most, drawn anew each time; 0 takes all"""
    oversample: bool = False
    """draw the rarer classes up to the cap, with replacement and after the split"""
    noise: float = 0.01
    """standard deviation of added white noise, as a share of the beat's range"""
    drop: float = 0.0
    """share of the samples set to zero at random"""
    cutmix: float = 0.0
    """share of the beats of which a stretch is replaced by one of another beat"""
    ema: float = 0.99
    """decay of the averaged weights, which are the ones kept"""
    clip: float = 1.0
    """largest norm of a step's gradient"""
    seed: int = 0
    """of initialisation, order and augmentation"""
    threads: int = 1
    """threads of torch"""
    bf16: bool = True
    """compute convolutions in bfloat16"""

    @property
    def key(self) -> str:
        """Name of the run's files."""
        return f"{self.name}-{self.split}-{self.seed}"


@dataclass(frozen=True)
class InterPatientConfig:
    """One training of the inter-patient network."""

    members: int = 3
    """networks trained side by side on draws of their own, whose logits are averaged"""
    filters: int = 12
    """of the first convolution; 0 for a dense layer on pairs of samples instead of convolutions"""
    steps: int = 1200
    """draws of a batch"""
    batch: int = 192
    """beats a step and member"""
    lr: float = 4e-3
    """highest learning rate of the one-cycle schedule"""
    weight_decay: float = 2e-2
    """of AdamW, decoupled"""
    noise: float = 0.2
    """standard deviation of noise on the standardised features"""
    fibrillation: float = 0.15
    """share of the N and V beats that are made to look like fibrillation"""
    seed: int = 0
    """of initialisation, draws and noise"""
