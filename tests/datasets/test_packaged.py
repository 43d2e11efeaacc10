import numpy as np
from pydicom import dcmread
from pydicom.data import get_testdata_file

from ecgviz.datasets import packaged
from ecgviz.signals.synthetic import GALLERY


def test_the_gallery_is_listed_whole() -> None:
    source = packaged.open_simulated()
    assert [entry.partition("/")[2] for entry in source.table.index] == list(GALLERY)
    for entry, row in source.table.iterrows():
        person = source.read(str(entry)).patient
        assert (person.age, person.sex) == (row["age"], row["sex"])
    assert set(source.choices) == {"rhythm", "morphology", "technical"}


def test_the_dicom_sample_is_read_to_the_microvolt() -> None:
    record = packaged.open_dicom().read(packaged.DICOM_ENTRY)
    expected = dcmread(get_testdata_file("waveform_ecg.dcm", download=False)).waveform_array(0).T / 1000
    assert record.signal.shape == expected.shape == (12, 10_000)
    assert record.fs == 1000.0
    assert np.abs(record.signal - expected).max() < 1e-6
