"""DICOM waveforms: the same numbers as pydicom, and a word about everything it lets pass."""

import io
import zlib
from copy import deepcopy

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ExplicitVRLittleEndian

from ecgviz.errors import NeedsInputError, ReadError
from ecgviz.leads import STANDARD_12
from ecgviz.readers import read

_SAMPLE = pydicom.dcmread(get_testdata_file("waveform_ecg.dcm", download=False))


@pytest.fixture
def dataset():
    """The sample that pydicom installs: 12 leads, 1000 Hz, 10 s, and a median beat."""
    return deepcopy(_SAMPLE)


def content(dataset, **options):
    stream = io.BytesIO()
    dataset.save_as(stream, **options)
    return stream.getvalue()


def channel(dataset, place=0):
    return dataset.WaveformSequence[0].ChannelDefinitionSequence[place]


def read_one(dataset, **given):
    return read({"ecg.dcm": content(dataset)}, **given)


def test_the_sample_equals_pydicom(dataset):
    record = read(get_testdata_file("waveform_ecg.dcm", download=False))
    assert np.array_equal(record.signal, (dataset.waveform_array(0).T / 1000).astype(np.float32))
    assert record.leads == STANDARD_12
    assert (record.fs, record.patient.age, record.patient.sex) == (1000, 42, "F")
    assert (record.provenance.unit, record.provenance.band) == ("uV", (0.05, 300))
    assert record.flags == ()
    assert record.notes[0] == "2 waveform groups in the file (RHYTHM, MEDIAN BEAT); RHYTHM is shown"


def test_a_file_of_the_collection(data):
    path = data("formats/dicom_12lead_a.dcm")
    record = read(path)
    assert np.array_equal(record.signal, (pydicom.dcmread(path).waveform_array(0).T / 1000).astype(np.float32))
    assert record.flags == ()


def test_the_rhythm_is_read_wherever_it_stands(dataset):
    dataset.WaveformSequence = Sequence(list(dataset.WaveformSequence)[::-1])
    assert read_one(dataset).samples == 10_000


def test_nobody_is_named(dataset):
    dataset.PatientName, dataset.PatientID, dataset.StudyDate = "Smith^Jane", "ID-4711", "19901001"
    text = repr(read_one(dataset))
    assert not any(secret in text for secret in ("Smith", "4711", "1990"))


@pytest.mark.parametrize("kind", ["deflated", "big-endian", "no preamble", "no suffix"])
def test_other_encodings(dataset, kind):
    reference = read_one(dataset).signal
    name = "ecg" if kind == "no suffix" else "ecg.dcm"
    stored = content(dataset)
    if kind == "deflated":
        dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
        stored = content(dataset)
    elif kind == "big-endian":
        for item in dataset.WaveformSequence:
            item.WaveformData = np.frombuffer(item.WaveformData, "<i2").astype(">i2").tobytes()
            item.pop("WaveformPaddingValue", None)
        dataset.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
        plain = Dataset()
        plain.file_meta, plain.Modality, plain.WaveformSequence = dataset.file_meta, "ECG", dataset.WaveformSequence
        stream = io.BytesIO()
        pydicom.dcmwrite(stream, plain, implicit_vr=False, little_endian=False)
        stored = bytes(128) + b"DICM" + stream.getvalue()
    elif kind == "no preamble":
        plain = Dataset()
        plain.update({element.tag: element for element in dataset})
        stored = content(plain, implicit_vr=False, little_endian=True)
    assert np.array_equal(read({name: stored}).signal, reference)


@pytest.mark.parametrize(
    ("bits", "kind", "dtype"),
    [(8, "SB", "i1"), (8, "UB", "u1"), (16, "US", "<u2"), (32, "SL", "<i4"), (32, "UL", "<u4")],
)
def test_other_sample_sizes(dataset, bits, kind, dtype):
    group = dataset.WaveformSequence[0]
    samples = np.random.default_rng(2).integers(0, 100, (10_000, 12))
    group.WaveformBitsAllocated, group.WaveformSampleInterpretation = bits, kind
    group.WaveformData = samples.astype(dtype).tobytes()
    group.pop("WaveformPaddingValue", None)
    for definition in group.ChannelDefinitionSequence:
        definition.WaveformBitsStored = bits
    assert np.array_equal(read_one(dataset).signal, (samples.T * 1.25e-3).astype(np.float32))


def test_baseline_and_correction_are_applied(dataset):
    plain = read_one(dataset)["I"]
    channel(dataset).ChannelBaseline = "500"
    channel(dataset).ChannelSensitivityCorrectionFactor = "2"
    assert np.allclose(read_one(dataset)["I"], 2 * plain + 0.5, atol=1e-6)


def test_padding_is_missing(dataset):
    group = dataset.WaveformSequence[0]
    samples = np.frombuffer(group.WaveformData, "<i2").reshape(-1, 12).copy()
    samples[100:110, 3] = -32768
    group.WaveformData = samples.tobytes()
    group.add_new("WaveformPaddingValue", "OW", b"\x00\x80")
    record = read_one(dataset)
    assert np.isnan(record["aVR"]).sum() == 10
    assert [flag.lead for flag in record.flags if flag.code == "missing_samples"] == ["aVR"]


def change(keyword, value, of="channel"):
    def apply(dataset):
        target = channel(dataset) if of == "channel" else dataset.WaveformSequence[0]
        setattr(target, keyword, value)

    return apply


def drop(keyword, of="channel"):
    def apply(dataset):
        targets = (
            dataset.WaveformSequence[0].ChannelDefinitionSequence if of == "channel" else [dataset.WaveformSequence[0]]
        )
        for target in targets:
            del target[keyword]

    return apply


def fewer_definitions(dataset):
    group = dataset.WaveformSequence[0]
    group.ChannelDefinitionSequence = Sequence(list(group.ChannelDefinitionSequence)[:3])


def unit(code, place=0):
    def apply(dataset):
        channel(dataset, place).ChannelSensitivityUnitsSequence[0].CodeValue = code

    return apply


def doubled_lead(dataset):
    channel(dataset, 1).ChannelSourceSequence = channel(dataset, 0).ChannelSourceSequence


def cut_off(dataset):
    group = dataset.WaveformSequence[0]
    group.WaveformData = group.WaveformData[:-24]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (change("ChannelSensitivity", "0"), "ChannelSensitivity of I is 0"),
        (change("ChannelSensitivity", "-1.25"), "ChannelSensitivity of I is -1.25"),
        (change("ChannelSensitivity", "1e300"), "ChannelSensitivity of I is 1e"),
        (change("ChannelSensitivityCorrectionFactor", "0"), "CorrectionFactor of I is 0"),
        (change("SamplingFrequency", "0", "group"), "is 0 Hz"),
        (change("SamplingFrequency", "-500", "group"), "is -500 Hz"),
        (change("NumberOfWaveformChannels", 3, "group"), "3 channels have 12 definitions"),
        (change("NumberOfWaveformSamples", 0, "group"), "NumberOfWaveformSamples is 0"),
        (change("NumberOfWaveformSamples", 9000, "group"), "the file is damaged"),
        (change("NumberOfWaveformSamples", 4_000_000_000, "group"), "at most"),
        (change("WaveformBitsAllocated", 24, "group"), "24 bits 'SS'"),
        (change("WaveformSampleInterpretation", "MB", "group"), "16 bits 'MB'"),
        (fewer_definitions, "12 channels have 3 definitions"),
        (unit("mm[Hg]"), "lead I is in 'mm.Hg.', not in volts"),
        (doubled_lead, "names lead I more than once"),
        (cut_off, "the file is damaged"),
        (drop("WaveformData", "group"), "holds 0 bytes of samples"),
    ],
)
def test_a_wrong_element_is_refused_in_one_line(dataset, damage, message):
    damage(dataset)
    with pytest.raises(ReadError, match=message) as caught:
        read_one(dataset)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("damage", "missing"),
    [
        (drop("SamplingFrequency", "group"), ("fs",)),
        (drop("ChannelSensitivity"), ("unit",)),
        (drop("ChannelSensitivityUnitsSequence"), ("unit",)),
        (drop("ChannelSourceSequence"), ("leads",)),
    ],
)
def test_what_the_file_lacks_is_asked(dataset, damage, missing):
    reference = read_one(dataset)
    damage(dataset)
    with pytest.raises(NeedsInputError, match=r"ecg\.dcm") as caught:
        read_one(dataset)
    assert caught.value.missing == missing
    step = "1.25 uV" if "ChannelSensitivity" not in channel(dataset) else "uV"
    given = {"fs": {"fs": 1000}, "unit": {"unit": step}, "leads": {"leads": STANDARD_12}}[missing[0]]
    assert np.allclose(read_one(dataset, **given).signal, reference.signal, atol=1e-6)


def test_given_values_never_override(dataset):
    for given, message in [
        ({"fs": 500}, "500 Hz was given"),
        ({"unit": "mV"}, "says uV, but mV"),
        ({"age": 50}, "age 42"),
    ]:
        with pytest.raises(ReadError, match=message):
            read_one(dataset, **given)


def test_codes_padded_with_nul_bytes(dataset):
    for place in range(12):
        unit("uV\0\0", place)(dataset)
    assert read_one(dataset).provenance.unit == "uV"


def test_units_differ_from_channel_to_channel(dataset):
    plain = read_one(dataset).signal
    unit("mV")(dataset)
    channel(dataset).ChannelSensitivity = "0.00125"
    assert np.allclose(read_one(dataset).signal, plain, atol=1e-6)


def test_other_channels_are_left_out_and_said(dataset):
    unit("mm[Hg]")(dataset)
    channel(dataset).ChannelSourceSequence[0].CodeValue = "1"
    channel(dataset).ChannelSourceSequence[0].CodeMeaning = "Arterial pressure"
    record = read_one(dataset)
    assert record.leads == STANDARD_12[1:]
    assert [flag.code for flag in record.flags] == ["left_out"]


def test_a_code_that_contradicts_its_words_is_flagged(dataset):
    channel(dataset).ChannelSourceSequence[0].CodeMeaning = "Lead V9"
    assert [(flag.code, flag.level) for flag in read_one(dataset).flags] == [("lead_name_conflict", "error")]


@pytest.mark.parametrize(
    ("code", "words", "lead"),
    [
        ("2:64", "", "aVF"),
        ("131329", "", "I"),
        ("MDC_ECG_LEAD_V3", "", "V3"),
        ("own", "Lead aVL (augmented)", "aVL"),
        ("5.6.3-9-66", "", "V8"),
        ("", "Lead V7", "V7"),
    ],
)
def test_lead_codes(dataset, code, words, lead):
    group = dataset.WaveformSequence[0]
    samples = np.frombuffer(group.WaveformData, "<i2").reshape(-1, 12)[:, :1]
    group.NumberOfWaveformChannels, group.WaveformData = 1, samples.tobytes()
    group.ChannelDefinitionSequence = Sequence([group.ChannelDefinitionSequence[0]])
    source = channel(dataset).ChannelSourceSequence[0]
    source.CodeValue, source.CodeMeaning = code, words
    assert read_one(dataset).leads == (lead,)


@pytest.mark.parametrize(("age", "years"), [("057Y", 57), ("006M", 0.5), ("", None), ("NaN", None), ("-1", None)])
def test_ages(dataset, age, years):
    with pydicom.config.disable_value_validation():
        dataset.PatientAge = age
        assert read_one(dataset).patient.age == years


def test_images_and_other_signals_are_named():
    with pytest.raises(ReadError, match=r"no waveform \(DICOM modality CT\)"):
        read(get_testdata_file("CT_small.dcm", download=False))
    brain = deepcopy(_SAMPLE)
    brain.Modality = "EEG"
    with pytest.raises(ReadError, match=r"no ECG \(DICOM modality EEG\)"):
        read_one(brain)


def test_bombs_are_not_unpacked(dataset):
    dataset.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    small = content(dataset)
    start = 144 + int.from_bytes(small[140:144], "little")
    plain = zlib.decompress(small[start:], -zlib.MAX_WBITS)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    bomb = small[:start] + packer.compress(plain + bytes(60 * 2**20)) + packer.flush()
    assert len(bomb) < 400_000
    with pytest.raises(ReadError, match="unpacks to more than 48 MB"):
        read({"ecg.dcm": bomb})
    with pytest.raises(ReadError, match="damaged deflated"):
        read({"ecg.dcm": small[: start + 100] + b"junk" * 9})


def test_millions_of_elements_are_not_counted(dataset):
    assert dataset.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    whole = content(dataset)
    with pytest.raises(ReadError, match="too many elements"):
        read({"ecg.dcm": whole[: 144 + int.from_bytes(whole[140:144], "little")] + b"\x08\0\x05\0CS\0\0" * 300_000})
    with pytest.raises(ReadError, match="sequence items"):
        read({"ecg.dcm": whole + b"\xfe\xff\x00\xe0\0\0\0\0" * 30_000})
