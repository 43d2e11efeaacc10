"""One PDF page as pixels; run as a program of its own, so that no broken file can take the server with it.

Standard input: the PDF. Arguments: the largest number of pixels, and pixels per mm. Standard output: one line of JSON
(`width`, `height`, `pages`, `px_per_mm`, or `error`), then the RGB bytes. Nothing of ecgviz is imported here.
"""

import contextlib
import json
import math
import sys

__all__ = ["main"]

MEMORY_BYTES, CPU_S = 2**31, 15


def _limit() -> None:
    """No more than so much memory and time, where the system knows how."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answer(pixels: bytes = b"", **facts: object) -> None:
    out = sys.stdout.buffer
    out.write(json.dumps(facts).encode() + b"\n")
    out.write(pixels)
    out.flush()


def main() -> None:
    """Read the page from standard input and write it to standard output."""
    import pypdfium2

    most, wanted = int(sys.argv[1]), float(sys.argv[2])
    data = sys.stdin.buffer.read()
    _limit()
    try:
        document = pypdfium2.PdfDocument(data)
        pages = len(document)
        if pages == 0:
            return _answer(error="empty")
        page = document[0]
        width, height = page.get_size()
        if not (math.isfinite(width * height) and width > 1 and height > 1):
            return _answer(error="size")
        px_per_mm = min(wanted, math.sqrt(most / (width * height)) * 72 / 25.4)
        bitmap = page.render(scale=px_per_mm * 25.4 / 72, rev_byteorder=True)
        picture = bitmap.to_numpy()[:, :, :3]
    except pypdfium2.PdfiumError as error:
        return _answer(error="password" if "assword" in str(error) else "broken")
    high, wide = picture.shape[:2]
    return _answer(picture.tobytes(), width=wide, height=high, pages=pages, px_per_mm=px_per_mm)


if __name__ == "__main__":
    main()
