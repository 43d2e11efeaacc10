"""The one tree of errors that a person can cause and mend.

    EcgvizError
    ├── ReadError            a file cannot be read as an ECG, or only wrongly
    │   ├── UnknownFormatError
    │   └── NeedsInputError  the file lacks something only the user knows (rate, unit, leads)
    ├── RecordError          a Record would be inconsistent
    ├── CardError            a model card is incomplete or does not fit its weights
    ├── ModelError           a model cannot take this record, or cannot do what was asked
    ├── DataError            a data set is absent or not what was expected
    ├── LeakageError         a split is not honest
    ├── EditError            an edit of beats cannot be made, or what was typed has no meaning
    ├── MissingPackageError  an optional package is not installed
    ├── OfflineError         a host cannot be reached
    └── StoreError           what a reader decided cannot be kept or read again

Each message is one line and says what, which value, and what to do. Anything else that is raised is a bug.
"""

__all__ = [
    "CardError",
    "DataError",
    "EcgvizError",
    "EditError",
    "LeakageError",
    "MissingPackageError",
    "ModelError",
    "NeedsInputError",
    "OfflineError",
    "ReadError",
    "RecordError",
    "StoreError",
    "UnknownFormatError",
]


class EcgvizError(Exception):
    """Root of the tree: the message is fit to be shown to the user as it stands."""


class ReadError(EcgvizError):
    """A file cannot be read as an ECG, or could be read only wrongly."""


class UnknownFormatError(ReadError):
    """No reader recognises the content."""


class NeedsInputError(ReadError):
    """The file lacks what only the user knows; `missing` names it: some of fs, unit, leads."""

    def __init__(self, message: str, missing: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.missing = missing


class RecordError(EcgvizError):
    """A Record would be inconsistent."""


class CardError(EcgvizError):
    """A model card is incomplete, has an unknown field, or does not fit its weights."""


class ModelError(EcgvizError):
    """A model cannot take this record, or cannot do what was asked of it."""


class DataError(EcgvizError):
    """A data set is absent or is not what was expected."""


class LeakageError(EcgvizError):
    """A split is not honest; training or evaluation refuses."""


class EditError(EcgvizError):
    """An edit of beats cannot be made, or what was typed has no meaning."""


class MissingPackageError(EcgvizError):
    """An optional package is not installed."""


class OfflineError(EcgvizError):
    """A host cannot be reached."""


class StoreError(EcgvizError):
    """What a reader decided cannot be kept, or not be read again."""
