"""What the student projects reported of each beat classifier, and why it cannot be set beside our figure."""

__all__ = ["REPORTED", "WHY"]

REPORTED: dict[str, str] = {
    "cnn_1": "0.892",
    "cnn_2": "0.892",
    "cnn_3": "0.890",
    "cnn_4": "0.888",
    "cnn_5": "0.878",
    "cnn_6": "0.915",
    "cnn_7": "0.917",
    "cnn_8": "0.917",
    "cnn_9": "0.921",
    "cnn_10": "0.916",
    "cnn_11": "0.920",
    "cnn_lstm_1": "0.916",
    "cnn_lstm_2": "0.922",
    "cnn_lstm_3": "0.979",
    "cnn_lstm_4": "0.973",
    "cnn_lstm_5": "0.975",
    "cnn_lstm_6": "0.974",
    "cnn_lstm_7": "0.972",
    "cnn_lstm_8": "0.982",
    "cnn_lstm_9": "0.983",
    "cnn_lstm_10": "0.981",
    "rnn_gru": "0.905 (best of all GRU)",
    "rnn_lstm": "0.901 (best of all LSTM)",
    "resnet_k1": "99.94 % 'accuracy'",
    "resnet_k3": "99.94 % 'accuracy'",
}
"""By name of the model: the F1 that SC4001's README gives, and the claim of the ResNet's."""

WHY: dict[str, str] = {
    "cnn": (
        "Macro-F1 on a fifth of the training file, called test F1; the numbers beside it in the notebook differ by up "
        "to 0.014 from run to run, more than most rows of the ablation differ from each other."
    ),
    "cnn_lstm": (
        "From the third row on this can only be accuracy or weighted F1: it jumps by 0.057 between two rows that "
        "differ by one layer, and plain CNNs have a weighted F1 of 0.986. No code was published."
    ),
    "rnn": "The best of many settings, by macro-F1 of the validation part. No code was published.",
    "resnet": (
        "The notebook trains two epochs, reports the AUC of a plot that it calls accuracy, copies rare beats before it "
        "splits, and never scores the test file. Its middle convolutions have kernel 1, so they see no time."
    ),
}
"""By architecture."""
