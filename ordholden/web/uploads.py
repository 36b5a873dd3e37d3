"""Files that people send: so large and no larger, of kinds that are known by their content, and never anything that runs.

The name's ending is not believed. A file is what its first bytes say, and gets the type and ending of that; what is
not on the list is refused. Files are served as downloads only, with the type found here.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from ordholden.cases import between, transfer
from ordholden.cases.case import Upload
from ordholden.problems import Problem, Problems, Refusal

__all__ = ["ACCEPTED", "LARGEST", "MOST", "Limit", "NoMoreThan", "as_download", "received"]

MEGABYTE = 1024 * 1024
LARGEST = 10 * MEGABYTE
MOST = 5
_ALL = LARGEST * MOST + MEGABYTE


@dataclass(frozen=True)
class Kind:
    type: str
    endings: tuple[str, ...]
    begins: Callable[[bytes], bool]


def _with(*starts: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(starts)


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    if any((c < " " and c not in "\t\n\f\r") or c == "\x7f" for c in text):
        return False
    # A script is text, too; one that says so in its first line, or a page, is not taken for a letter.
    start = text.lstrip("\ufeff \r\n\t")[:200].lower()
    return not start.startswith(("#!", "<!doctype", "<html", "<script", "<svg", "<?"))


def _is_office(folder: str) -> Callable[[bytes], bool]:
    """An office file is a zip with a certain folder in it, and without macros."""

    def looks(content: bytes) -> bool:
        import io

        if not content.startswith(b"PK\x03\x04"):
            return False
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                names = packed.namelist()
        except zipfile.BadZipFile:
            return False
        return any(n.startswith(folder) for n in names) and not any(
            n.casefold().endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs")) for n in names
        )

    return looks


ACCEPTED = (
    Kind("application/pdf", (".pdf",), _with(b"%PDF-")),
    Kind("image/jpeg", (".jpg", ".jpeg"), _with(b"\xff\xd8\xff")),
    Kind("image/png", (".png",), _with(b"\x89PNG\r\n\x1a\n")),
    Kind("image/heic", (".heic",), lambda c: c[4:8] == b"ftyp" and c[8:12] in (b"heic", b"heix", b"mif1")),
    Kind("image/tiff", (".tif", ".tiff"), _with(b"II*\0", b"MM\0*")),
    Kind(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        (".docx",),
        _is_office("word/"),
    ),
    Kind("application/vnd.oasis.opendocument.text", (".odt",), _is_office("content.xml")),
    Kind("text/plain", (".txt",), _is_text),
)


def received(files: Sequence[UploadedFile], *, purpose: str = "attachment") -> tuple[Upload, ...]:
    """The files as a case takes them. A Refusal that names every one that can't be taken, and why."""
    problems = Problems()
    if len(files) > MOST:
        raise Refusal.of("upload-many", most=MOST)
    taken = tuple(one for file in files if (one := _taken(file, purpose, problems)) is not None)
    if problems.broken:
        raise Refusal(*problems.all)
    return taken


def _taken(file: UploadedFile, purpose: str, problems: Problems) -> Upload | None:
    name = _plain(file.name or "")
    if (file.size or 0) > LARGEST:
        problems.add(Problem("upload-large", None, {"file": name, "most": str(LARGEST // MEGABYTE)}))
        return None
    content = file.read()
    if not content:
        problems.error("upload-empty", None, file=name)
        return None
    kind = next((k for k in ACCEPTED if k.begins(content)), None)
    if kind is None:
        known = ", ".join(k.endings[0].lstrip(".").upper() for k in ACCEPTED)
        problems.error("upload-kind", None, file=name, known=known)
        return None
    path = PurePath(name)
    ended = name if path.suffix.casefold() in kind.endings else f"{path.stem or 'file'}{kind.endings[0]}"
    return Upload(ended, content, kind.type, purpose)


def _plain(name: str) -> str:
    """Nothing in a name that a file system, a terminal or a header would take for something else."""
    kept = re.sub(r"[^\w .,()+\-]", "_", PurePath(name.replace("\\", "/")).name).strip(" .")
    return kept[-120:] or "file"


def as_download(name: str, type_: str, content: bytes) -> HttpResponse:
    """Never shown in the browser, whatever it is."""
    known = {k.type for k in ACCEPTED} | {"application/zip", "application/json", "text/csv"}
    response = HttpResponse(content, content_type=type_ if type_ in known else "application/octet-stream")
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"file{_ending(name)}\"; filename*=UTF-8''{_quoted(name)}"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _ending(name: str) -> str:
    """As plain as a header wants it; the name itself stands in the part that is quoted."""
    return re.sub(r"[^A-Za-z0-9.]", "", PurePath(name).suffix)


def _quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(_plain(name), safe="")


class NoMoreThan(FileUploadHandler):
    """Stops reading when more has come than all the files of a form may be."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._read = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002 – the framework's name
        self._read += len(raw_data)
        if self._read > _ALL:
            raise StopUpload(connection_reset=True)
        return raw_data

    def file_complete(self, file_size: int) -> Any:  # noqa: ARG002
        return None


def _most(path: str) -> int:
    """Other installations' doors take more than people's forms do: they read a part at a time, and what is signed first."""
    if not path.startswith("/api/"):
        return _ALL
    return next((most for door, most in _DOORS.items() if path.endswith(door)), _AS_TEXT)


_AS_TEXT = _ALL * 4 // 3 + MEGABYTE
_DOORS = {"/partner": between.MOST + MEGABYTE, "/transfer": transfer.MOST + MEGABYTE}


class Limit:
    """Says no to a body that announces itself as too large, before a byte of it is read."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdecimal() and int(announced) > _most(request.path):
            from ordholden.web.errors import too_large

            return too_large(request)
        return self._answer(request)
