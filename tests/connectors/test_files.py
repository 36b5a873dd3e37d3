"""Files are listed, read and removed alike, here and on servers; and nothing outside the root ever is."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ordholden.connectors.errors import Refused, SystemFailure, Unreachable
from ordholden.connectors.files import FileFact, Files, open_files
from ordholden.connectors.files.address import read_address, without_secret
from tests.connectors.servers import (
    LATE,
    PASSWORD,
    QUOTED,
    USER,
    Ftp,
    ftp_server,
    make_certificate,
    sftp_server,
    told_server,
)

MOMENT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)

TREE = {
    "1012-205/20260903-1.wav": b"one",
    "1012-205/20260903-2.wav": b"",
    "Åse Ærø/blå mandag  nu.mp3": b"two\r\nthree\x00\xff",
    "a/b/c/dyb.txt": b"deep",
    "rod.txt": b"root",
    "-la [1]*?.wav": b"hostile to shells",
    ".skjult": b"hidden",
}

# Nothing here may be removed, whoever asks how.
OUTSIDE = b"not yours"


@dataclass
class Place:
    """A root with files, and beside it what must stay as it is."""

    root: Path
    outside: Path
    base: Path
    url: str

    def open(self) -> Any:
        return open_files(self.url, self.base)


def fill(root: Path) -> None:
    for path, content in TREE.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        os.utime(file, (MOMENT.timestamp(), MOMENT.timestamp()))
    (root / "tom/mappe").mkdir(parents=True)


@contextmanager
def local(root: Path, base: Path) -> Iterator[str]:
    yield f"file:{root.relative_to(base)}"


@contextmanager
def ftp(root: Path, base: Path) -> Iterator[str]:
    with ftp_server(root) as server:
        yield server.url()


@contextmanager
def ftp_below_home(root: Path, base: Path) -> Iterator[str]:
    with ftp_server(root.parent) as server:
        yield server.url("/r%C3%B8d")


@contextmanager
def ftp_of_old(root: Path, base: Path) -> Iterator[str]:
    with ftp_server(root, without=("MLSD", "MLST")) as server:
        yield server.url()


@contextmanager
def sftp(root: Path, base: Path) -> Iterator[str]:
    with sftp_server(root.parent) as server:
        (base / "known_hosts").write_text(server.known_hosts)
        yield server.url("/~/r%C3%B8d")


KINDS: dict[str, Callable[[Path, Path], Any]] = {
    "local": local,
    "ftp": ftp,
    "ftp below home": ftp_below_home,
    "ftp of old": ftp_of_old,
    "sftp": sftp,
}


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    root, outside = tmp_path / "rød", tmp_path / "uden for"
    root.mkdir()
    outside.mkdir()
    (outside / "andre.txt").write_bytes(OUTSIDE)
    fill(root)
    with KINDS[request.param](root, tmp_path) as url:
        yield Place(root, outside, tmp_path, url)


def paths(files: Files) -> list[str]:
    return [fact.path for fact in files.walk()]


def test_every_file_is_listed_with_size_and_moment(place: Place) -> None:
    with place.open() as files:
        found = list(files.walk())

    assert {f.path: f for f in found} == {p: FileFact(p, len(c), MOMENT) for p, c in TREE.items()}
    assert len(found) == len(TREE)


def test_the_order_is_the_same_everywhere(place: Place) -> None:
    with place.open() as files:
        found = paths(files)

    assert found == [
        "-la [1]*?.wav",
        ".skjult",
        "rod.txt",
        "1012-205/20260903-1.wav",
        "1012-205/20260903-2.wav",
        "a/b/c/dyb.txt",
        "Åse Ærø/blå mandag  nu.mp3",
    ]


@pytest.mark.parametrize("path", TREE)
def test_a_file_is_read_as_it_is(place: Place, path: str) -> None:
    with place.open() as files:
        assert b"".join(files.read(path)) == TREE[path]


def test_a_large_file_comes_in_pieces_and_may_be_left_half_read(place: Place) -> None:
    large = os.urandom(3_000_000)
    (place.root / "stor.bin").write_bytes(large)

    with place.open() as files:
        half = files.read("stor.bin")
        first = next(half)
        half.close()  # type: ignore[attr-defined]

        assert large.startswith(first)
        assert 0 < len(first) < len(large)
        assert b"".join(files.read("stor.bin")) == large
        assert files.exists("rod.txt")


@pytest.mark.parametrize("path", TREE)
def test_removing_twice_is_removing_once(place: Place, path: str) -> None:
    with place.open() as files:
        assert files.exists(path)
        assert files.remove(path) is True
        assert files.remove(path) is False
        assert not files.exists(path)
        assert set(paths(files)) == set(TREE) - {path}
    assert not (place.root / path).exists()


def test_files_can_be_removed_while_they_are_listed(place: Place) -> None:
    with place.open() as files:
        removed = [files.remove(fact.path) for fact in files.walk()]

        assert removed == [True] * len(TREE)
        assert paths(files) == []
    assert (place.root / "tom/mappe").is_dir()


@pytest.mark.parametrize("path", ["aldrig.txt", "aldrig/været/her.txt", "1012-205/20260903-1.wav/x", "tom/x"])
def test_what_never_was_is_gone_already(place: Place, path: str) -> None:
    with place.open() as files:
        try:
            assert files.remove(path) is False
            assert files.exists(path) is False
        except Refused:
            # A file is no folder: some systems say so, and then it is not silence.
            assert path.startswith("1012-205/20260903-1.wav/")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/etc/passwd",
        "../uden for/andre.txt",
        "a/../../uden for/andre.txt",
        "..",
        ".",
        "./rod.txt",
        "a//b",
        "a/b/",
        "a/b/c/../c/dyb.txt",
        "rod.txt\0",
    ],
)
def test_a_path_that_could_lead_elsewhere_is_refused(place: Place, path: str) -> None:
    with place.open() as files:
        for verb in (files.remove, files.exists, lambda p: list(files.read(p))):
            with pytest.raises(Refused):
                verb(path)
        assert len(paths(files)) == len(TREE)
    assert (place.outside / "andre.txt").read_bytes() == OUTSIDE


@pytest.mark.parametrize("path", ["a\r\nDELE rod.txt", "a\nb", "..\\uden for\\andre.txt", "a\x7f"])
def test_a_server_is_given_no_second_command(place: Place, path: str) -> None:
    with place.open() as files:
        if files.encrypted() is None:
            assert files.remove(path) is False
        else:
            with pytest.raises(Refused):
                files.remove(path)
    assert (place.root / "rod.txt").exists()


def test_a_link_is_neither_listed_nor_followed_nor_removed(place: Place) -> None:
    (place.root / "ud.txt").symlink_to(place.outside / "andre.txt")
    (place.root / "a/ind.txt").symlink_to(place.root / "rod.txt")
    (place.root / "ingen steder").symlink_to("findes ikke")
    (place.root / "a/cirkel").symlink_to(place.root)
    (place.root / "ud").symlink_to(place.outside)

    with place.open() as files:
        assert set(paths(files)) == set(TREE)
        for path in ("ud.txt", "ud/andre.txt", "a/cirkel", "ud", "a/ind.txt", "ingen steder"):
            with pytest.raises(Refused):
                files.remove(path)
        with pytest.raises(Refused):
            list(files.read("ud/andre.txt"))

    assert (place.outside / "andre.txt").read_bytes() == OUTSIDE
    assert (place.root / "rod.txt").exists()
    assert (place.root / "ud.txt").is_symlink()


@pytest.mark.parametrize("path", ["a", "a/b", "tom/mappe"])
def test_a_folder_is_never_removed(place: Place, path: str) -> None:
    with place.open() as files:
        assert not files.exists(path)
        with pytest.raises(Refused):
            files.remove(path)
    assert (place.root / path).is_dir()


def test_a_pipe_is_neither_listed_nor_waited_for(place: Place) -> None:
    os.mkfifo(place.root / "rør")

    with place.open() as files:
        assert "rør" not in paths(files)
        for verb in (files.remove, lambda p: list(files.read(p))):
            with pytest.raises(Refused):
                verb("rør")
    assert stat.S_ISFIFO((place.root / "rør").stat().st_mode)


@pytest.mark.parametrize("place", ["local"], indirect=True)
def test_a_name_in_no_encoding_is_still_a_name(place: Place) -> None:
    odd = Path(os.fsdecode(os.fsencode(place.root) + b"/gammel \xe6\xf8\xe5.wav"))
    odd.write_bytes(b"latin")

    with place.open() as files:
        (name,) = set(paths(files)) - set(TREE)
        assert b"".join(files.read(name)) == b"latin"
        assert files.remove(name) is True
    assert not odd.exists()


def test_a_root_that_is_not_there_is_unreachable(place: Place) -> None:
    with pytest.raises(Unreachable) as caught, open_files(f"{place.url}/ingenting", place.base):
        pass

    assert "folder" in str(caught.value)


def test_files_that_are_closed_twice_are_closed(place: Place) -> None:
    files = open_files(place.url, place.base)

    assert files.exists("rod.txt")
    files.close()
    files.close()


def test_a_closed_door_is_unreachable(tmp_path: Path) -> None:
    for url in (f"ftp://{USER}:{QUOTED}@127.0.0.1:1/x", f"sftp://{USER}:{QUOTED}@127.0.0.1:1/x"):
        with pytest.raises(Unreachable) as caught, open_files(url, tmp_path):
            pass
        assert "hemmelig" not in str(caught.value)


@pytest.mark.parametrize("place", [kind for kind in KINDS if kind != "local"], indirect=True)
def test_a_wrong_password_is_unreachable_and_not_repeated(place: Place) -> None:
    wrong = place.url.replace(QUOTED, "forkert%231")

    with pytest.raises(Unreachable) as caught, open_files(wrong, place.base):
        pass

    assert "log-in" in str(caught.value)
    assert "forkert" not in str(caught.value)
    assert USER not in str(caught.value)


def test_errors_name_the_system_and_neither_path_nor_password(place: Place) -> None:
    with open_files(place.url, place.base, name="audio") as files, pytest.raises(Refused) as caught:
        files.remove("a/b")

    assert str(caught.value).startswith("audio: ")
    assert "a/b" not in str(caught.value)
    assert PASSWORD not in str(caught.value)


# — only here —


def test_a_folder_swapped_for_a_link_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "root/a").mkdir(parents=True)
    (tmp_path / "root/a/x.txt").write_bytes(b"mine")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/x.txt").write_bytes(OUTSIDE)
    resolve = Path.resolve

    def swapped(self: Path, strict: bool = False) -> Path:
        found = resolve(self, strict)
        if self.name == "a":
            (tmp_path / "root/a").rename(tmp_path / "root/b")
            (tmp_path / "root/a").symlink_to(tmp_path / "outside")
        return found

    with open_files("file:root", tmp_path) as files:
        monkeypatch.setattr(Path, "resolve", swapped)
        with pytest.raises(Refused):
            files.remove("a/x.txt")

    assert (tmp_path / "outside/x.txt").read_bytes() == OUTSIDE


def test_a_link_within_the_root_leads_to_a_file(tmp_path: Path) -> None:
    (tmp_path / "root/2026").mkdir(parents=True)
    (tmp_path / "root/2026/x.txt").write_bytes(b"mine")
    (tmp_path / "root/current").symlink_to("2026")

    with open_files("file:root", tmp_path) as files:
        assert paths(files) == ["2026/x.txt"]
        assert b"".join(files.read("current/x.txt")) == b"mine"
        assert files.remove("current/x.txt") is True
        assert files.remove("2026/x.txt") is False


def test_the_root_itself_may_be_a_link(tmp_path: Path) -> None:
    fill(tmp_path / "real")
    (tmp_path / "root").symlink_to(tmp_path / "real")

    with open_files("file:root", tmp_path) as files:
        assert set(paths(files)) == set(TREE)


@pytest.mark.parametrize("form", ["file:{}", "file://{}", "file://localhost{}"])
def test_a_folder_may_be_named_from_the_top(tmp_path: Path, form: str) -> None:
    fill(tmp_path / "her æ")

    with open_files(form.format(tmp_path / "her æ"), Path("/nowhere")) as files:
        assert len(paths(files)) == len(TREE)


@contextmanager
def nobody() -> Iterator[None]:
    """Nothing is forbidden to root, so be somebody else for a moment."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(before)


def test_a_folder_that_may_not_be_listed_is_an_error(tmp_path: Path) -> None:
    fill(tmp_path / "root")
    (tmp_path / "root/a/b").chmod(0)

    with open_files("file:root", tmp_path) as files, nobody(), pytest.raises(Refused):
        paths(files)
    (tmp_path / "root/a/b").chmod(0o700)


def test_a_file_that_may_not_be_removed_is_refused_not_gone(tmp_path: Path) -> None:
    fill(tmp_path / "root")
    (tmp_path / "root/a/b/c").chmod(0o555)

    with open_files("file:root", tmp_path) as files, nobody(), pytest.raises(Refused) as caught:
        files.remove("a/b/c/dyb.txt")

    assert "account" in str(caught.value)
    assert (tmp_path / "root/a/b/c/dyb.txt").exists()


# — FTP —


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, ExitStack, Callable[..., Ftp]]]:
    root = tmp_path / "root"
    fill(root)
    with ExitStack() as stack:
        yield root, stack, lambda **o: stack.enter_context(ftp_server(root, **o))


Served = tuple[Path, ExitStack, Callable[..., Ftp]]


def test_a_folder_that_the_account_may_not_enter_is_an_error(served: Served) -> None:
    root, _, serve = served
    server = serve()
    server.authorizer.override_perm(USER, str(root / "a/b"), perm="", recursive=True)

    with open_files(server.url(), root) as files:
        with pytest.raises(Refused):
            paths(files)
        with pytest.raises(Refused):
            files.remove("a/b/c/dyb.txt")
        with pytest.raises(Refused):
            files.exists("a/b/c/dyb.txt")
    assert (root / "a/b/c/dyb.txt").exists()


def test_a_file_that_the_account_may_not_remove_is_refused_not_gone(served: Served) -> None:
    root, _, serve = served
    server = serve()
    server.authorizer.override_perm(USER, str(root / "1012-205"), perm="elr", recursive=True)

    with open_files(server.url(), root) as files, pytest.raises(Refused) as caught:
        files.remove("1012-205/20260903-1.wav")

    assert "20260903" not in str(caught.value)
    assert (root / "1012-205/20260903-1.wav").exists()


def test_somebody_faster_is_no_error(served: Served) -> None:
    root, _, serve = served

    def faster(self: Any, path: str) -> None:
        Path(path).unlink()
        self.respond("550 No such file.")

    with open_files(serve(ftp_DELE=faster).url(), root) as files:
        assert files.remove("rod.txt") is False


LOST: dict[str, Callable[[Files], object]] = {
    "DELE": lambda files: files.remove("rod.txt"),
    "MLSD": lambda files: list(files.walk()),
    "CWD": lambda files: files.exists("rod.txt"),
    "RETR": lambda files: list(files.read("rod.txt")),
}


@pytest.mark.parametrize("command", LOST)
def test_a_lost_connection_is_unreachable_and_the_next_one_goes_on(served: Served, command: str) -> None:
    root, _, serve = served

    def hang_up(self: Any, path: str) -> None:
        self.close()

    server = serve(**{f"ftp_{command}": hang_up})
    with open_files(server.url(), root) as files, pytest.raises(Unreachable) as caught:
        LOST[command](files)
    assert "hemmelig" not in str(caught.value)
    assert (root / "rod.txt").exists()

    with open_files(serve().url(), root) as files:
        assert files.remove("rod.txt") is True


def test_a_server_that_hangs_up_on_the_silent_is_rung_up_again(served: Served) -> None:
    root, _, serve = served
    server = serve()

    with open_files(server.url(), root) as files:
        assert files.remove("rod.txt") is True
        server.hang_up()
        assert files.remove("1012-205/20260903-1.wav") is True
        server.hang_up()
        assert files.exists("a/b/c/dyb.txt")
        server.stop()
        for _ in range(2):
            with pytest.raises(Unreachable):
                files.exists("a/b/c/dyb.txt")


def test_a_name_in_another_encoding_is_named_back_as_it_came(tmp_path: Path) -> None:
    listing = b"type=file;size=1;modify=20260101000000; gammel \xe6\xf8\xe5.wav\r\n"
    answers = {
        "MLSD": ("150 here", listing, "226 done"),
        "MLST": "250-is\r\n type=file; x\r\n250 end",
        "DELE": "250 gone",
    }
    with (
        told_server(answers) as (port, said),
        open_files(f"ftp://a:b@127.0.0.1:{port}", tmp_path) as files,
    ):
        (fact,) = files.walk()
        assert files.remove(fact.path) is True

    assert os.fsencode(said[-2]) == b"DELE gammel \xe6\xf8\xe5.wav"


def test_a_server_that_is_full_for_now_is_unreachable(tmp_path: Path) -> None:
    with (
        told_server({"PASS": "421 too many"}) as (port, _),
        pytest.raises(Unreachable),
        open_files(f"ftp://a:b@127.0.0.1:{port}", tmp_path),
    ):
        pass


def test_a_late_answer_is_not_taken_for_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reading that got no end; its "done" comes later, when a file is to be removed that isn't."""
    monkeypatch.setattr("ordholden.connectors.files.ftp.SECONDS", 0.5)
    answers = {
        "MLST": "250-is\r\n type=file;size=9; x.wav\r\n250 end",
        "RETR": ("150 comes", b"half", LATE),
        "DELE": "550 no",
    }
    with told_server(answers) as (port, said), open_files(f"ftp://a:b@127.0.0.1:{port}", tmp_path) as files:
        with pytest.raises(Unreachable):
            list(files.read("x.wav"))
        with pytest.raises(SystemFailure):
            files.remove("x.wav")

    assert not any(command.startswith("DELE") for command in said)


def test_half_a_file_is_not_a_file(tmp_path: Path) -> None:
    answers = {
        "MLST": "250-is\r\n type=file;size=9; x.wav\r\n250 end",
        "RETR": ("150 comes", b"half", "426 broken"),
    }
    with (
        told_server(answers) as (port, _),
        open_files(f"ftp://a:b@127.0.0.1:{port}", tmp_path) as files,
        pytest.raises(Unreachable),
    ):
        list(files.read("x.wav"))


@pytest.mark.parametrize("name", ["../andre.txt", "/etc/passwd", "a/b"])
def test_a_name_that_is_a_path_is_not_believed(tmp_path: Path, name: str) -> None:
    listing = f"type=file;size=1;modify=20260101000000; {name}\r\n".encode()
    with (
        told_server({"MLSD": ("150 here", listing, "226 done")}) as (port, said),
        open_files(f"ftp://a:b@127.0.0.1:{port}", tmp_path) as files,
        pytest.raises(Refused),
    ):
        list(files.walk())
    assert not any(command.startswith("DELE") for command in said)


def test_a_folder_that_is_elsewhere_is_refused(tmp_path: Path) -> None:
    # The server has gone through a link: it says that it is where it was not sent.
    answers = {"PWD": ['257 "/home"', '257 "/homely/a"'], "DELE": "250 gone"}
    with (
        told_server(answers) as (port, said),
        open_files(f"ftp://a:b@127.0.0.1:{port}", tmp_path) as files,
        pytest.raises(Refused),
    ):
        files.remove("a/x.txt")
    assert not any(command.startswith("DELE") for command in said)


def test_folders_without_end_are_refused(tmp_path: Path) -> None:
    listing = b"type=dir;modify=20260101000000; igen\r\n"
    with (
        told_server({"MLSD": ("150 here", listing, "226 done")}) as (port, _),
        open_files(f"ftp://a:b@127.0.0.1:{port}", tmp_path) as files,
        pytest.raises(Refused),
    ):
        list(files.walk())


LISTINGS = {
    "unix": b"total 8\r\ndrwxr-xr-x 2 0 0 4096 Nov 22 04:00 mappe\r\n"
    b"-rw-r--r-- 1 0 0 3 Feb 01 2024 en fil.wav\r\n",
    "with a group of two words": b"-rw-r--r--+ 1 anna domain users 3 Nov  2 04:00 en fil.wav\r\n",
    "without a group": b"-rw-r--r-- 1 anna 3 Nov  2 04:00 en fil.wav\r\n",
    "day first": b"-rw-r--r-- 1 0 0 3 22. nov. 04:00 en fil.wav\r\n",
    "iso": b"-rw-r--r-- 1 0 0 3 2026-11-22 04:00 en fil.wav\r\n",
    "windows": b"11-22-26  04:00AM       <DIR>          mappe\r\n"
    b"11-22-26  04:00AM                    3 en fil.wav\r\n",
}


@pytest.mark.parametrize("form", LISTINGS)
def test_old_listings_are_understood(tmp_path: Path, form: str) -> None:
    answers = {
        "FEAT": "500 what",
        "LIST": ("150 here", LISTINGS[form], "226 done"),
        "SIZE": "213 3",
        "MDTM": "213 20260304050607",
        "CWD": "250 there",
    }
    with told_server(answers) as (port, _), open_files(f"ftp://a:b@127.0.0.1:{port}", tmp_path) as files:
        found = next(files.walk())

    assert found == FileFact("en fil.wav", 3, MOMENT)


def test_a_line_that_is_not_understood_is_not_passed_over(tmp_path: Path) -> None:
    answers = {"FEAT": "500 what", "LIST": ("150 here", b"en fil.wav, tre bytes\r\n", "226 done")}
    with (
        told_server(answers) as (port, _),
        open_files(f"ftp://a:b@127.0.0.1:{port}", tmp_path) as files,
        pytest.raises(Refused),
    ):
        list(files.walk())


def test_by_tls_both_connections_are_encrypted(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path / "ca.pem")
    listing = b"type=file;size=3;modify=20260304050607; en fil.wav\r\n"
    answers = {
        "MLSD": ("150 here", listing, "226 done"),
        "MLST": "250-is\r\n type=file;size=3; en fil.wav\r\n250 end",
        "RETR": ("150 comes", b"abc", "226 done"),
        "DELE": "250 gone",
    }
    with (
        told_server(answers, certificate=certificate) as (port, said),
        open_files(f"ftps://{USER}:{QUOTED}@127.0.0.1:{port}?ca=ca.pem", tmp_path) as files,
    ):
        assert files.encrypted() is True
        assert list(files.walk()) == [FileFact("en fil.wav", 3, MOMENT)]
        assert b"".join(files.read("en fil.wav")) == b"abc"
        assert files.remove("en fil.wav") is True

    assert said[0] == "AUTH TLS"
    assert said.index("PROT P") < said.index("MLSD")
    assert f"PASS {PASSWORD}" in said


def test_a_certificate_that_nobody_vouches_for_is_refused_before_the_password(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path / "ca.pem")
    with (
        told_server({}, certificate=certificate) as (port, said),
        pytest.raises(Unreachable) as caught,
        open_files(f"ftps://{USER}:{QUOTED}@127.0.0.1:{port}", tmp_path),
    ):
        pass

    assert "certificate" in str(caught.value)
    assert said == ["AUTH TLS"]


def test_a_server_without_tls_gets_no_password(tmp_path: Path) -> None:
    with (
        told_server({}) as (port, said),
        pytest.raises(SystemFailure),
        open_files(f"ftps://{USER}:{QUOTED}@127.0.0.1:{port}", tmp_path),
    ):
        pass

    assert said[:1] == ["AUTH TLS"]
    assert not any(command.startswith(("USER", "PASS")) for command in said)


# — SFTP —


def test_an_unknown_server_gets_no_password(tmp_path: Path) -> None:
    fill(tmp_path / "root")
    with (
        sftp_server(tmp_path) as server,
        pytest.raises(Unreachable) as caught,
        open_files(server.url(str(tmp_path / "root")), tmp_path),
    ):
        pass

    assert "known_hosts" in str(caught.value)


def test_a_path_on_sftp_begins_at_the_top(tmp_path: Path) -> None:
    fill(tmp_path / "root")
    with sftp_server(Path("/nowhere")) as server:
        (tmp_path / "known_hosts").write_text(server.known_hosts)
        with open_files(server.url(str(tmp_path / "root")), tmp_path) as files:
            assert set(paths(files)) == set(TREE)


# — addresses —


def test_a_password_may_hold_anything_when_it_is_encoded() -> None:
    address = read_address(f"ftp://{USER}:{QUOTED}@ftp.nordlys.example:2121/r%C3%B8d")

    assert (address.user, address.password, address.port) == (USER, PASSWORD, 2121)
    assert address.path == "/rød"
    assert "hemmelig" not in repr(address)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://anna:hemmelig@ftp.nordlys.example/x",
        "ftp://anna:hem#melig@ftp.nordlys.example/x",
        "ftp://anna:hem/melig@ftp.nordlys.example/x",
        "ftp://anna:hem?melig@ftp.nordlys.example/x",
        "ftp://anna:hem@melig@ftp.nordlys.example/x",
        "sftp://anna:hemmelig@ftp.nordlys.example/x?key=hemmelig",
        "ftp://anna:hemmelig@[ftp.nordlys.example/x",
    ],
)
def test_no_message_holds_a_password(url: str, tmp_path: Path) -> None:
    assert "hem" not in without_secret(url)
    assert "ftp.nordlys.example/x" in without_secret(url)
    with pytest.raises(Unreachable) as caught, open_files(url, tmp_path):
        pass
    assert "hem" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("url", ["", "audio", "https://nordlys.example/x", "sqlite:///crm.sqlite3"])
def test_other_addresses_are_not_for_files(url: str, tmp_path: Path) -> None:
    with pytest.raises(Unreachable):
        open_files(url, tmp_path)
