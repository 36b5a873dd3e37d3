"""What a file is, by its own first bytes and not by its name; programs are never taken.

The list is what people send with a request: papers, pictures, a scan, a mail that they forward.
"""

from __future__ import annotations

import re
from io import BytesIO
from zipfile import BadZipFile, ZipFile
from zlib import error as ZipError  # noqa: N812 – named like its neighbours

from ordholden.problems import Problem

__all__ = ["LARGEST_FILE", "MOST_FILES", "file_name", "type_of", "why_not"]

LARGEST_FILE = 20 * 1024 * 1024
MOST_FILES = 20

_BEGINNINGS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa", b"\x00asm")
# What a double click would run, whatever is in it.
_RUNS = re.compile(
    r"\.(?:exe|com|scr|bat|cmd|ps1|vbs?|vbe|js|jse|wsf|hta|msi|lnk|jar|apk|app|sh|dll|reg|iso|img|html?|svg|xml)$",
    re.IGNORECASE,
)
_OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def type_of(content: bytes) -> str:
    """The type, or nothing where it is none that is taken."""
    for beginning, kind in _BEGINNINGS:
        if content.startswith(beginning):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        return "image/heic"
    if content.startswith(b"PK\x03\x04"):
        return _document(content)
    return "text/plain" if _is_text(content) else ""


def why_not(name: str, content: bytes) -> Problem | None:
    """Why the file is not taken, or None where it is."""
    if not content:
        return Problem("file-empty")
    if len(content) > LARGEST_FILE:
        return Problem("file-large")
    if content.startswith(_PROGRAMS) or _RUNS.search(name.strip()):
        return Problem("file-program")
    return None if type_of(content) else Problem("file-type")


def file_name(name: str) -> str:
    """Only the last part, without signs that some system takes for a path, a line end or a direction."""
    last = re.split(r"[\\/]", name)[-1]
    clean = "".join(c for c in last if c.isprintable() and c not in '<>:"|?*').strip(" .")
    stem, dot, ending = clean.rpartition(".")
    return f"{stem[:100]}{dot}{ending[:10]}" if stem else clean[:100] or "file"


def _document(content: bytes) -> str:
    """A Word, Excel or OpenDocument file without macros; a plain zip archive is none."""
    try:
        with ZipFile(BytesIO(content)) as packed:
            names = packed.namelist()
            if any("vbaproject" in name.lower() for name in names):
                return ""
            if "mimetype" in names and packed.getinfo("mimetype").file_size < 100:
                kind = packed.read("mimetype").decode("ascii", "replace")
                return kind if kind.startswith("application/vnd.oasis.opendocument.") else ""
    except (BadZipFile, ZipError, EOFError, OSError, RuntimeError, ValueError, NotImplementedError):
        return ""
    return next((kind for folder, kind in _OFFICE.items() if any(n.startswith(folder) for n in names)), "")


def _is_text(content: bytes) -> bool:
    """Without control characters, and letters in some spelling."""
    start = content[:65_536]
    return not re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", start)
