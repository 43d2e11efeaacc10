"""A picture of an ECG page, read step by step: what was found on it, the ECG in it, and what a model sees."""

from ecgviz.ui import frame, messages, scan_page, scan_source, viewport

with messages.friendly_errors():
    frame.open_page()
    opened = scan_source.choose()
    if opened is None:
        messages.empty(
            "No page is open",
            "Drop a picture or a PDF of an ECG page above, or choose one of the built-in pages. "
            "Nothing leaves this machine.",
        )
    else:
        scan_page.reading(opened, viewport.width_px())
frame.footer()
