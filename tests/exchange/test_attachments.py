"""A file is what its bytes say, is written anew without metadata, and opens for its readers alone."""

import io
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from maillage.exchange.actions import attachments
from maillage.exchange.computations.cleaning import cleaned
from maillage.exchange.models import Attachment, ConversationMessage
from maillage.exchange.rules.attachments import (
    FileKind,
    Refusal,
    RefusedFileError,
    kept_name,
    kind_of,
)
from maillage.people.models import AccessLogEntry
from maillage.territory.api import Territory
from tests.exchange.talks import Team, client_of, told_outside

PLACE = b"48.8566"
LIMITS = {"most_pixels": 100_000, "longest_side": 200}


def photo(kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB") -> bytes:
    """A photo with what a telephone writes in it: who, when, where, and that it is to be turned."""
    image = Image.new(mode, size, (200, 30, 30, 128)[: len(mode)])
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x9286] = 6, "Telephone de Louis", "48.8566"
    written = io.BytesIO()
    image.save(written, kind, exif=exif)
    return written.getvalue()


def document(*, script: bool = False, password: str = "") -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": "Helene Aubepine", "/Title": "48.8566"})
    if script:
        action = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject("app.alert('48.8566')")}
        opening = DictionaryObject({NameObject(name): value for name, value in action.items()})
        writer.root_object[NameObject("/OpenAction")] = opening
        writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): opening})
        writer.add_attachment("x.exe", b"MZ 48.8566")
    if password:
        writer.encrypt(password)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (photo("JPEG"), FileKind.JPEG),
        (photo("PNG"), FileKind.PNG),
        (photo("WEBP"), FileKind.WEBP),
        (document(), FileKind.PDF),
        (b"MZ\x00", None),
        (b"GIF89a", None),
        (b"<svg xmlns=", None),
        (b"RIFF\x00\x00\x00\x00WAVE", None),
        (b"", None),
        (b"<html>%PDF-", None),
    ],
)
def test_a_file_is_what_its_first_bytes_say(content: bytes, kind: FileKind | None) -> None:
    assert kind_of(content[:16]) is kind


@pytest.mark.parametrize(
    ("name", "kind", "kept"),
    [
        ("IMG_1.JPG", FileKind.JPEG, "IMG_1.jpg"),
        ("..\\..\\a.exe", FileKind.PDF, "a.pdf"),
        ("\u202egnp.exe", FileKind.PNG, "gnp.png"),
        ('a"; x="<b>', FileKind.WEBP, "a x=b.webp"),
        ("...", FileKind.JPEG, "photo.jpg"),
        ("\x00\r\n", FileKind.PDF, "document.pdf"),
        ("x" * 300, FileKind.PDF, "x" * 80 + ".pdf"),
    ],
)
def test_a_name_is_made_harmless(name: str, kind: FileKind, kept: str) -> None:
    assert kept_name(name, kind) == kept


@pytest.mark.parametrize("kind", [FileKind.JPEG, FileKind.PNG, FileKind.WEBP])
def test_a_photo_is_turned_made_smaller_and_says_nothing_of_its_owner(kind: FileKind) -> None:
    sent = photo(kind.value.upper(), (400, 200))
    assert b"Telephone" in sent
    made = cleaned(sent, kind, **LIMITS)
    for word in (b"Telephone", PLACE, b"Exif"):
        assert word not in made.content
    with Image.open(io.BytesIO(made.content)) as again:
        assert again.format == kind.value.upper()
        assert (again.size, dict(again.getexif())) == ((100, 200), {})
    assert (made.width, made.height) == (100, 200)


def test_what_is_transparent_stays_so_where_it_can() -> None:
    made = cleaned(photo("PNG", mode="RGBA"), FileKind.PNG, **LIMITS)
    with Image.open(io.BytesIO(made.content)) as again:
        assert again.mode == "RGBA"


def test_a_document_loses_its_author_its_scripts_and_what_it_embeds() -> None:
    sent = document(script=True)
    assert b"48.8566" in sent
    made = cleaned(sent, FileKind.PDF, **LIMITS)
    for word in (b"48.8566", b"Aubepine", b"JavaScript", b"EmbeddedFile", b"OpenAction"):
        assert word not in made.content
    assert len(PdfReader(io.BytesIO(made.content)).pages) == 1


@pytest.mark.parametrize(
    ("content", "kind", "reason"),
    [
        (photo("JPEG")[:200], FileKind.JPEG, Refusal.UNREADABLE),
        (b"\xff\xd8\xff" + b"x" * 50, FileKind.JPEG, Refusal.UNREADABLE),
        (photo("PNG"), FileKind.JPEG, Refusal.UNREADABLE),
        (photo("PNG", (500, 500)), FileKind.PNG, Refusal.TOO_MANY_PIXELS),
        (b"%PDF-1.7 rien", FileKind.PDF, Refusal.UNREADABLE),
        (document(password="x"), FileKind.PDF, Refusal.LOCKED),
    ],
)
def test_what_is_broken_or_too_great_is_refused(content: bytes, kind: FileKind, reason: Refusal) -> None:
    with pytest.raises(RefusedFileError) as refused:
        cleaned(content, kind, **LIMITS)
    assert refused.value.reason is reason


@pytest.fixture
def team(place: Territory) -> Team:
    return Team(place)


def uploaded(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


def test_a_photo_is_sent_read_logged_and_served_as_what_it_is(team: Team) -> None:
    row = team.talk(team.nurse)
    page = reverse("exchange:conversation", args=[row.pk])
    nurse = client_of(team.nurse)
    files = [uploaded("talon.exe", photo()), uploaded("<b>note.jpg", document())]
    assert nurse.post(page, {"key": "k", "text": "La plaie", "attached": files}).status_code == 302
    assert (
        nurse.post(page, {"key": "k", "text": "La plaie", "attached": [uploaded("a", photo())]}).status_code
        == 302
    )
    kept = list(Attachment.objects.order_by("position"))
    assert [(one.name, one.kind) for one in kept] == [("talon.jpg", "jpeg"), ("bnote.pdf", "pdf")]
    shown = client_of(team.doctor).get(page).content.decode()
    assert "talon.jpg" in shown
    doctor = client_of(team.doctor)
    for one, media, how in ((kept[0], "image/jpeg", "inline"), (kept[1], "application/pdf", "attachment")):
        answer = doctor.get(reverse("exchange:conversation_piece", args=[row.pk, one.pk]))
        assert (answer.status_code, answer["Content-Type"]) == (200, media)
        assert answer["Content-Disposition"].startswith(f"{how}; filename=")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["Cache-Control"] == "no-store"
        assert PLACE not in answer.content
    opened = AccessLogEntry.objects.in_scope(team.place.scope).filter(person=team.doctor)
    assert opened.filter(purpose="photo ou document d’une conversation").count() == 2
    assert "talon" not in told_outside()


def test_a_file_opens_for_who_reads_its_conversation_alone(team: Team) -> None:
    row, other = team.talk(team.nurse), team.talk(team.pharmacist)
    taken = attachments.take([("a.jpg", 10, io.BytesIO(photo()))])
    team.write(team.doctor, row, "photo", files=taken)
    piece = Attachment.objects.get()
    path = reverse("exchange:conversation_piece", args=[row.pk, piece.pk])
    for person in (team.stranger, team.pharmacist, team.louis):
        assert client_of(person).get(path).status_code == 404
    beside = reverse("exchange:conversation_piece", args=[other.pk, piece.pk])
    assert client_of(team.pharmacist).get(beside).status_code == 404
    nurse = client_of(team.nurse)
    assert nurse.get(path).status_code == 200
    team.end_link(team.nurse)
    assert nurse.get(path).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("plaie.jpg", b"MZ" + b"\x00" * 500, "n’est ni une photo"),
        ("plaie.jpg", b"<svg onload=alert(1)>", "n’est ni une photo"),
        ("grand.jpg", b"\xff\xd8\xff" + b"0" * 50_000_000, "dépasse 10"),
        ("vide.jpg", b"", "est vide"),
        ("casse.pdf", b"%PDF-1.4", "ne s’ouvre pas"),
    ],
)
def test_a_false_type_or_fifty_megabytes_is_said_and_the_text_is_kept(
    team: Team, name: str, content: bytes, said: str
) -> None:
    row = team.talk(team.nurse)
    nurse = client_of(team.nurse)
    pages = {
        reverse("exchange:conversation", args=[row.pk]): {},
        f"{reverse('exchange:new_conversation')}?patient={team.patient.pk}": {
            "subject": "Plaie",
            "asked": [f"a{team.doctor.pk}"],
        },
    }
    for page, more in pages.items():
        values: dict[str, Any] = {"key": f"k{len(page)}", "text": "Un long texte tapé avec soin", **more}
        answer = nurse.post(page, {**values, "attached": [uploaded(name, content)]})
        shown = unescape(answer.content.decode())
        assert answer.status_code == 422
        assert said in shown
        assert "Un long texte tapé avec soin" in shown
    assert ConversationMessage.objects.count() == 1
    assert not Attachment.objects.exists()


def test_too_many_files_are_said(team: Team) -> None:
    row = team.talk(team.nurse)
    files = [uploaded(f"{number}.jpg", photo()) for number in range(6)]
    answer = client_of(team.nurse).post(
        reverse("exchange:conversation", args=[row.pk]), {"key": "k", "text": "Six", "attached": files}
    )
    assert "5 fichiers au plus" in unescape(answer.content.decode()).replace("\u00a0", " ")
