"""What a training run is told; it is stored in the card, and the command line's flags are made from it."""

from dataclasses import dataclass
from pathlib import Path

__all__ = ["TrainConfig"]


@dataclass(frozen=True)
class TrainConfig:
    """One training run of a 12-lead network on PTB-XL."""

    name: str
    """name of the checkpoint: the folder made in models/"""
    architecture: str
    """a module of ecgviz.zoo"""
    task: str
    """ptbxl_all, ptbxl_diag, ptbxl_sub, ptbxl_super, ptbxl_form, ptbxl_rhythm or cinc2020"""
    data: Path
    """folder that holds ptb-xl/"""
    runs: Path = Path("runs")
    """where the resumable state, the log and the prepared signals are kept"""
    variant: str = ""
    """variant of the architecture, where it has several"""
    demographics: bool = False
    """age and sex as a second input"""
    heads: str = ""
    """further tasks of the same network, separated by commas; each becomes a model <name>_<task> of its own"""
    auxiliary: str = ""
    """tasks trained beside those and dropped at the end, separated by commas"""
    loss: str = "plain"
    """plain, weighted (positives up to 10 times) or asymmetric binary cross-entropy"""
    records: int = 0
    """train on this many records drawn at random, for a learning curve; 0 takes all"""
    epochs: int = 30
    """passes over folds 1 to 8"""
    batch: int = 128
    """records a step"""
    lr: float = 1e-2
    """highest learning rate of the one-cycle schedule"""
    weight_decay: float = 1e-2
    """of AdamW, decoupled"""
    warm_up: float = 0.25
    """share of the steps in which the learning rate rises"""
    clip: float = 1.0
    """largest norm of a step's gradient"""
    ema: float = 0.996
    """decay of the averaged weights, which are the ones kept"""
    crop_s: float = 2.5
    """length of the random crops in seconds"""
    final_crop_s: float = 2.5
    """length of the crops in the last part of the training, and of the windows in validation"""
    final_share: float = 0.0
    """share of the epochs that use final_crop_s"""
    gain: float = 0.2
    """random gain of a record, 1 +- this"""
    lead_gain: float = 0.0
    """random gain of each lead, 1 +- this"""
    noise_mv: float = 0.02
    """largest standard deviation of added white noise, mV"""
    mask_leads: float = 0.2
    """share of the records in which 1 to 6 leads are blanked"""
    mixup: float = 0.0
    """alpha of mixup; 0 switches it off"""
    unknown_patient: float = 0.2
    """share of the records whose age, and separately sex, is withheld"""
    patience: int = 12
    """epochs without a better validation macro AUROC before stopping"""
    seed: int = 0
    """of initialisation, order and augmentation"""
    threads: int = 1
    """threads of torch"""
    bf16: bool = True
    """compute convolutions in bfloat16"""

    @property
    def kept(self) -> tuple[str, ...]:
        """The tasks whose outputs are kept: the model's own first."""
        return (self.task, *filter(None, self.heads.split(",")))

    @property
    def trained(self) -> tuple[str, ...]:
        """All tasks of the training, in the order of the network's outputs."""
        return (*self.kept, *filter(None, self.auxiliary.split(",")))
