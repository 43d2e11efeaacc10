"""NumPy arrays: nothing is unpickled, unpacked without end, or turned on its side."""

import io

import numpy as np
import pytest

from ecgviz.errors import NeedsInputError, ReadError
from ecgviz.readers import read

VALUES = np.random.default_rng(8).normal(0, 0.4, (600, 3))
GIVEN = {"fs": 500, "unit": "mV", "leads": ("I", "II", "III")}


def npy(array):
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


def npz(**arrays):
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


@pytest.mark.parametrize(
    "array",
    [VALUES, VALUES.T, np.asfortranarray(VALUES), VALUES.astype(">f8"), VALUES[None], VALUES.astype(np.longdouble)],
    ids=["samples first", "leads first", "Fortran order", "big-endian", "one of one", "long double"],
)
def test_every_layout_of_the_same_samples(array):
    assert np.array_equal(read({"ecg.npy": npy(array)}, **GIVEN).signal, VALUES.T.astype(np.float32))


def test_integers_scale_by_the_step_given():
    steps = np.random.default_rng(1).integers(-500, 500, (3, 600)).astype(np.int16)
    record = read({"ecg.npy": npy(steps)}, **GIVEN | {"unit": "4.88 uV"})
    assert np.array_equal(record.signal, (steps * 0.00488).astype(np.float32))
    assert record.provenance.unit_from == "given"


def test_one_lead_and_one_array_in_an_archive():
    assert read({"ecg.npy": npy(VALUES[:, 0])}, **GIVEN | {"leads": ("II",)}).signal.shape == (1, 600)
    assert np.array_equal(read({"ecg.npz": npz(ecg=VALUES)}, **GIVEN).signal, VALUES.T.astype(np.float32))


def test_everything_is_asked_at_once():
    with pytest.raises(NeedsInputError, match=r"holds 600 x 3 numbers \(float64\)") as caught:
        read({"ecg.npy": npy(VALUES)})
    assert caught.value.missing == ("fs", "unit", "leads")


class Harmful:
    """Unpickling this would raise."""

    def __reduce__(self):
        return (eval, ("1/0",))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (npy(np.array([Harmful()], dtype=object)), "holds object values"),
        (npy(VALUES.astype(complex)), "holds complex128 values"),
        (npy(VALUES > 0), "holds bool values"),
        (npy(np.array(["a", "b"])), "real numbers"),
        (npy(np.zeros(3, dtype=[("a", "f4")])), "real numbers"),
        (npy(VALUES[:0]), r"has shape \(0, 3\)"),
        (npy(np.float64(1)), r"has shape \(\)"),
        (npy(np.stack([VALUES, VALUES])), "2 recordings; save one"),
        (npy(VALUES[:3]), "cannot be told apart"),
        (npy(VALUES[:, :2]), "is 600 x 2, but 3 leads were given"),
        (npy(VALUES)[:-1], "cut off or damaged"),
        (npy(VALUES) + b"\0", "cut off or damaged"),
        (npy(VALUES)[:40], "damaged NPY header"),
        (npy(VALUES).replace(b"\x93NUMPY\x01", b"\x93NUMPY\x09"), "NPY version 9.0"),
        (npy(VALUES).replace(b"(600, 3), }    ", b"(99999999, 3)}"), "samples; at most|damaged NPY header"),
        (npy(np.full((600, 3), np.inf)), "infinite samples"),
        (npy(np.full((600, 3), 1e300)), "infinite samples"),
        (npy(np.full((600, 3), np.nan)), "only missing samples"),
        (npz(a=VALUES, b=VALUES), "holds 2 arrays"),
        (npz(ecg=VALUES)[:-30], "damaged zip archive"),
        (npz(ecg=np.zeros(9_000_000)), "unpacks to more than 8,000,000 samples"),
        (npz(ecg=np.array([Harmful()], dtype=object)), "holds object values"),
    ],
)
def test_what_is_no_ecg_is_refused_in_one_line(content, message):
    name = "ecg.npz" if content.startswith(b"PK") else "ecg.npy"
    with pytest.raises(ReadError, match=message) as caught:
        read({name: content}, **GIVEN)
    assert "\n" not in str(caught.value)
