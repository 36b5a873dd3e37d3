"""A mail is read whatever its form, and what is not taken of it is named."""

from __future__ import annotations

import base64
import zipfile
from email.message import EmailMessage
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordholden.post.attached import LARGEST_FILE, MOST_FILES, file_name, type_of, why_not
from ordholden.post.incoming import Incoming, read

WORDS = "Slet mine oplysninger. Venlig hilsen Søren Ærø"


def mail(body: bytes, *headers: str) -> bytes:
    head = ("From: maja@post.example", "Subject: hej", *headers)
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def with_files(*files: tuple[str, bytes]) -> Incoming:
    message = EmailMessage()
    message["From"] = "maja@post.example"
    message.set_content("Se vedlagte.")
    for name, content in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return read(bytes(message))


def zipped(*names: str) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    return made.getvalue()


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252", "iso-8859-15", "cp850", "utf-16"])
def test_text_of_any_character_set_is_read(charset: str) -> None:
    body = base64.encodebytes(WORDS.encode(charset))
    headers = (f"Content-Type: text/plain; charset={charset}", "Content-Transfer-Encoding: base64")

    assert read(mail(body, *headers)).text == WORDS


@pytest.mark.parametrize("named", ["", "; charset=us-ascii", "; charset=no-such-thing", '; charset="'])
@pytest.mark.parametrize("real", ["utf-8", "windows-1252"])
def test_a_character_set_that_is_named_wrongly_or_not_at_all_is_found_out(named: str, real: str) -> None:
    raw = mail(WORDS.encode(real), f"Content-Type: text/plain{named}", "Content-Transfer-Encoding: 8bit")

    assert read(raw).text == WORDS


def test_of_a_mail_in_html_alone_what_is_seen_is_read() -> None:
    html = (
        "<html><head><title>x</title><style>p {color: red}</style></head><body><script>alert(1)</script>"
        "<p>Kære I,</p><p>slet mig &amp; min bror.<br>Tak!</p><ul><li>navn</li><li>alt</li></ul></body></html>"
    )

    text = read(mail(html.encode(), "Content-Type: text/html; charset=utf-8")).text

    assert "alert" not in text
    assert "color" not in text
    assert [line for line in text.split("\n") if line] == [
        "Kære I,",
        "slet mig & min bror.",
        "Tak!",
        "navn",
        "alt",
    ]


def test_where_text_and_html_are_there_the_text_is_read() -> None:
    message = EmailMessage()
    message.set_content("ren tekst")
    message.add_alternative("<p>html</p>", subtype="html")

    assert read(bytes(message)).text == "ren tekst"


@pytest.mark.parametrize(
    ("header", "subject"),
    [
        ("=?utf-8?q?S=C3=B8rens_=C3=B8nske?=", "Sørens ønske"),
        ("=?iso-8859-1?q?S=F8rens?= =?iso-8859-1?q?_=F8nske?=", "Sørens ønske"),
        ("=?no-such?q?S=C3=B8ren?=", "Søren"),
        ("=?utf-8?b?%%%?=", "=?utf-8?b?%%%?="),
        ("Sørens ønske", "Sørens ønske"),
        ("a\r\n b", "a b"),
    ],
)
def test_a_subject_is_read_on_one_line(header: str, subject: str) -> None:
    raw = b"Subject: " + header.encode() + b"\r\n\r\nx"

    assert read(raw).subject == subject


@pytest.mark.parametrize(
    ("sender", "address"),
    [
        ("Maja <maja@post.example>", "maja@post.example"),
        ("=?utf-8?q?S=C3=B8ren?= <s@post.example>", "s@post.example"),
        ("", ""),
        ("Maja", ""),
        ("<>", ""),
        ("maja@post.example, bo@post.example", ""),
        ("undisclosed-recipients:;", ""),
    ],
)
def test_the_sender_is_the_one_address_that_an_answer_would_go_to(sender: str, address: str) -> None:
    raw = f"From: {sender}\r\nReply-To: somebody@else.example\r\n\r\nx".encode()

    assert read(raw).sender == address


def test_a_name_of_a_sender_is_decoded() -> None:
    assert read(b"From: =?utf-8?q?S=C3=B8ren_=C3=86?= <s@post.example>\r\n\r\nx").sender_name == "Søren Æ"


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
def test_a_name_in_bare_bytes_is_read_all_the_same(charset: str) -> None:
    assert read("From: Søren Ærø <so@post.example>\r\n\r\nhej".encode(charset)).sender_name == "Søren Ærø"


def test_a_name_over_two_lines_is_one_name() -> None:
    read_ = read(b'From: "Maja\r\n Holm" <maja@post.example>\r\n\r\nhej')

    assert (read_.sender_name, read_.sender) == ("Maja Holm", "maja@post.example")


def test_the_letters_that_it_answers_are_named_newest_first() -> None:
    raw = mail(b"x", "References: <a@x.example> <b@x.example>", "In-Reply-To: <c@x.example>")

    assert read(raw).refers == ("c", "b", "a")


@pytest.mark.parametrize(
    "header",
    ["Auto-Submitted: auto-replied", "Precedence: bulk", "List-Id: <l.example>", "X-Autoreply: yes"],
)
def test_a_machine_is_known_by_its_marks(header: str) -> None:
    assert read(mail(b"x", header)).automatic
    assert not read(mail(b"x", "Auto-Submitted: no")).automatic


def test_files_are_what_they_are_and_not_what_they_are_called() -> None:
    png = b"\x89PNG\r\n\x1a\n" + bytes(20)
    found = with_files(("scan.pdf", b"%PDF-1.7\n"), ("billede.txt", png), ("note.dat", "æøå".encode()))

    assert [(f.name, f.type, f.refused) for f in found.files] == [
        ("scan.pdf", "application/pdf", None),
        ("billede.txt", "image/png", None),
        ("note.dat", "text/plain", None),
    ]
    assert found.text == "Se vedlagte."


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("faktura.pdf", b"MZ\x90\x00", "file-program"),
        ("faktura.pdf", b"\x7fELF\x02", "file-program"),
        ("kør", b"#!/bin/sh\n", "file-program"),
        ("faktura.pdf.exe", b"%PDF-1.7", "file-program"),
        ("side.HTML", b"<p>hej", "file-program"),
        ("genvej.lnk ", b"hej", "file-program"),
        ("data.bin", b"\x00\x01\x02", "file-type"),
        ("alt.zip", zipped("a.txt"), "file-type"),
        ("makro.docx", zipped("word/document.xml", "word/vbaProject.bin"), "file-type"),
        ("halv.docx", b"PK\x03\x04 broken", "file-type"),
        ("tom.pdf", b"", "file-empty"),
        ("stor.txt", b"a" * (LARGEST_FILE + 1), "file-large"),
    ],
)
def test_programs_archives_and_large_files_are_not_taken(name: str, content: bytes, code: str) -> None:
    refused = why_not(name, content)

    assert refused is not None
    assert refused.code == code


def test_a_refused_file_is_named_without_its_content() -> None:
    [file] = with_files(("virus.exe", b"MZ" + bytes(100))).files

    assert (file.name, file.size, file.content) == ("virus.exe", 102, b"")
    assert file.refused is not None


def test_office_documents_are_known_from_inside() -> None:
    assert type_of(zipped("word/document.xml")).endswith("wordprocessingml.document")
    assert type_of(zipped("xl/workbook.xml")).endswith("spreadsheetml.sheet")


def test_more_files_than_are_taken_are_named() -> None:
    files = with_files(*[(f"{n}.txt", b"x") for n in range(MOST_FILES + 2)]).files

    assert [f.refused.code for f in files if f.refused] == ["file-many"] * 2


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\brev.pdf", "brev.pdf"),
        ("bre\r\nv\u202efdp.exe", "brevfdp.exe"),
        ("", "file"),
        ("…/..", "file"),
        ("a" * 300 + ".pdf", "a" * 100 + ".pdf"),
    ],
)
def test_a_file_name_is_no_path_and_no_trick(given_name: str, kept: str) -> None:
    assert file_name(given_name) == kept


def test_a_forwarded_mail_is_one_file() -> None:
    inner = EmailMessage()
    inner["Subject"] = "det gamle"
    inner.set_content("Min gamle mail")
    outer = EmailMessage()
    outer["From"] = "maja@post.example"
    outer.set_content("Se her")
    outer.add_attachment(inner)

    found = read(bytes(outer))

    assert [(f.type, b"Min gamle mail" in f.content) for f in found.files] == [("message/rfc822", True)]


REPORT = b"""Return-Path: <>
From: MAILER-DAEMON@mail.example
Subject: Undelivered
Content-Type: multipart/report; report-type=delivery-status; boundary=B

--B
Content-Type: text/plain

It did not work.
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; maja@post.example
Action: %s
Status: %s
Diagnostic-Code: smtp; %s

--B
Content-Type: text/rfc822-headers

Message-ID: <abc123@nordlys.example>
Subject: Vi har modtaget din henvendelse
--B--
"""


def test_a_report_of_a_mail_server_says_which_letter_and_why() -> None:
    found = read(REPORT % (b"failed", b"5.1.1", b"550 5.1.1 no such\n mailbox"))

    assert found.bounce is not None
    assert (found.bounce.final, found.bounce.code) == (True, 550)
    assert found.bounce.reason == "smtp; 550 5.1.1 no such mailbox"
    assert "abc123" in found.refers
    assert found.automatic


def test_a_letter_that_is_only_late_is_not_lost() -> None:
    found = read(REPORT % (b"delayed", b"4.4.1", b"421 busy"))

    assert found.bounce is not None
    assert not found.bounce.final


def test_a_report_without_its_form_is_known_by_who_wrote_it() -> None:
    raw = (
        b"Return-Path: <>\r\nFrom: Mail Delivery <mailer-daemon@x.example>\r\n\r\n"
        b"550 5.1.1 unknown\r\nMessage-ID: <abc123@nordlys.example>\r\n"
    )

    found = read(raw)
    assert found.bounce is not None
    assert found.bounce.final
    assert "abc123" in found.refers


@given(st.binary(max_size=400))
def test_no_bytes_at_all_are_too_much(raw: bytes) -> None:
    read(raw)


_HEADS = st.sampled_from(
    [
        b"From: ",
        b"Subject: =?utf-8?b?",
        b"Content-Type: multipart/mixed; boundary=B\r\n",
        b"Content-Type: text/html; charset=\xff\r\n",
        b"Content-Type: message/rfc822\r\n",
        b"Content-Type: message/delivery-status\r\n",
        b"Content-Disposition: attachment; filename*=utf-8''%e6\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: x-uuencode\r\n",
        b"Date: 99 Foo 99999 99:99\r\n",
        b"References: <",
        b"\r\n",
        b"\r\n--B\r\n",
        b"<![CDATA[ <!x ",
        b"=?q?=",
    ]
)


@given(st.lists(_HEADS | st.binary(max_size=12), max_size=20).map(b"".join))
def test_no_broken_mail_stops_the_others(raw: bytes) -> None:
    found = read(raw)

    assert "\n" not in found.subject + found.sender


def test_a_document_that_cannot_be_unpacked_is_named_and_the_mail_is_read() -> None:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    whole = made.getvalue()
    begin = whole.index(b"mimetype") + len("mimetype")
    found = with_files(("brev.odt", whole[:begin] + b"\xff" * 8 + whole[begin + 8 :]))

    assert found.text == "Se vedlagte."
    assert [f.refused is None for f in found.files] == [False]
