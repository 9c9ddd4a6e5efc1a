"""Secure health mail: a message leaves for whom has no account, the answer comes back to its thread."""

import email
import email.policy
import io
import threading
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from maillage.config import workers
from maillage.directory.api import Professional
from maillage.exchange.actions import attachments, mailbox, secure_mail
from maillage.exchange.actions import conversations as actions
from maillage.exchange.actions.transports import TransportError
from maillage.exchange.models import Attachment, Conversation, ConversationMessage, MailCopy, MailReceived
from maillage.exchange.queries.presence import circle_of
from maillage.exchange.rules.mail import Doubt, doubt, ids_in, own_words
from maillage.kernel import outbox
from maillage.kernel.rules import Role
from maillage.people.models import CareLink, CareOpposition
from maillage.territory.api import Territory
from tests.exchange.imap import Imap
from tests.exchange.servers import Smtp, running
from tests.exchange.talks import Team, client_of, told_outside
from tests.exchange.test_attachments import photo
from tests.factories import make_person, make_professional

OURS, THEIRS = "cercle@cpts.mssante.fr", "zoe.saule@medecin.mssante.fr"


@pytest.fixture
def smtp(settings: Any) -> Iterator[Smtp]:
    with running(Smtp()) as server:
        settings.MSSANTE_ADDRESS, settings.MSSANTE_SMTP = OURS, f"smtp://127.0.0.1:{server.port}"
        yield server


@pytest.fixture
def imap(settings: Any) -> Iterator[Imap]:
    with running(Imap()) as server:
        settings.MSSANTE_IMAP = server.url
        yield server


@pytest.fixture
def team(place: Territory, smtp: Smtp) -> Team:
    return Team(place)


@pytest.fixture
def outside(team: Team) -> Professional:
    """A specialist of the circle, without an account, with an address."""
    sheet = make_professional("Saule", "Zoé", mssante=THEIRS)
    CareLink.objects.create(
        patient=team.patient, professional=sheet, origin="team", role="physician", starts_at=timezone.now(),
        informed_at=timezone.now(),
    )  # fmt: skip
    return sheet


@pytest.fixture
def row(team: Team, outside: Professional) -> Conversation:
    return team.talk(asked=[f"p{outside.pk}", f"a{team.nurse.pk}"], text="Avis sur la plaie ?")


def asked(team: Team, sheet: Professional) -> bool:
    """Return whether a sheet may be asked into a conversation about the patient."""
    return any(one.named == sheet for one in circle_of(team.patient, team.doctor, with_patient=False))


def drained() -> int:
    """Let the worker pass, once what waits for it may leave."""
    from maillage.kernel.models import Delivery

    Delivery.objects.update(try_after=timezone.now() - timedelta(seconds=1))
    return outbox.drain()


def sent(smtp: Smtp) -> list[EmailMessage]:
    return [email.message_from_string(one, policy=email.policy.default) for one in smtp.mails]


def answer(
    to: str, text: str = "Oui, demain.", sender: str = THEIRS, key: str = "<r1@x>", **more: Any
) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"], mail["In-Reply-To"] = sender, OURS, key, to
    mail["Subject"] = "Re"
    mail.set_content(f"{text}\n\nLe lundi 2 mars 2026, le cercle a écrit :\n> Avis ?")
    for name, content in more.items():
        mail.add_attachment(content, maintype="image", subtype="jpeg", filename=f"{name}.jpg")
    return mail.as_bytes()


@pytest.mark.parametrize(
    ("known", "sender", "reads", "closed", "words", "why"),
    [
        (False, False, False, False, True, Doubt.NO_THREAD),
        (True, False, True, False, True, Doubt.OTHER_SENDER),
        (True, True, False, False, True, Doubt.OUT_OF_CIRCLE),
        (True, True, True, True, True, Doubt.CLOSED),
        (True, True, True, False, False, Doubt.NO_WORDS),
        (True, True, True, False, True, Doubt.NONE),
    ],
)
def test_what_keeps_a_mail_out(
    known: bool, sender: bool, reads: bool, closed: bool, words: bool, why: Doubt
) -> None:
    found = doubt(is_known=known, is_sender=sender, reads=reads, is_closed=closed, has_words=words)
    assert found is why


def test_ids_and_own_words() -> None:
    assert ids_in(["<a@b>\r\n <c@d>", "", "<a@b> <", "<x y@z>"]) == ["<a@b>", "<c@d>"]
    for quote in (
        "> cité",
        "-----Message d'origine-----\nx",
        "On Monday 2 March, Zoe wrote:\nx",
        "_" * 25 + "\nx",
    ):
        assert own_words(f"Vu.\r\n\r\nMerci\r\n{quote}") == "Vu.\n\nMerci"
    assert own_words("> tout est cité") == ""


def test_a_message_leaves_by_secure_mail_and_the_screen_says_so(
    team: Team, row: Conversation, smtp: Smtp, outside: Professional
) -> None:
    taken = attachments.take([("talon.jpg", 10, io.BytesIO(photo()))])
    team.write(team.doctor, row, "Voici la photo", files=taken)
    page = reverse("exchange:conversation", args=[row.pk])
    assert "va partir par messagerie sécurisée" in unescape(client_of(team.doctor).get(page).content.decode())
    drained()
    first, second = sent(smtp)
    assert (first["From"], first["To"]) == (OURS, THEIRS)
    assert "Tilleul" not in str(first["Subject"])
    assert "plaie" not in str(first["Subject"])
    body = first.get_body()
    assert body is not None
    assert "Avis sur la plaie ?" in body.get_content()
    assert "15" in body.get_content()
    assert second["In-Reply-To"] == first["Message-ID"]
    assert [one.get_filename() for one in second.iter_attachments()] == ["talon.jpg"]
    shown = unescape(client_of(team.doctor).get(page).content.decode())
    assert "remis à sa messagerie sécurisée" in shown
    assert THEIRS not in shown
    assert "plaie" not in told_outside()
    drained()
    assert len(smtp.mails) == 2


def test_what_does_not_leave_is_said_as_such(
    team: Team, row: Conversation, smtp: Smtp, settings: Any, outside: Professional
) -> None:
    smtp.refused.add("zoe.saule")
    drained()
    copy = MailCopy.objects.get()
    assert (copy.state, copy.detail) == ("abandoned", "SMTP 550")
    page = reverse("exchange:conversation", args=[row.pk])
    assert "SMTP 550" in client_of(team.doctor).get(page).content.decode()
    settings.MSSANTE_SMTP = "smtp://127.0.0.1:1"
    team.write(team.doctor, row, "encore")
    drained()
    failed = MailCopy.objects.order_by("pk").last()
    assert failed is not None
    assert (failed.state, failed.attempts) == ("failed", 1)
    assert "nouvel essai prévu" in unescape(client_of(team.doctor).get(page).content.decode())
    settings.MSSANTE_SMTP = f"smtp://127.0.0.1:{smtp.port}"
    smtp.refused.clear()
    drained()
    failed.refresh_from_db()
    assert failed.state == "sent"


def test_who_leaves_the_circle_is_sent_nothing_more(
    team: Team, row: Conversation, smtp: Smtp, outside: Professional
) -> None:
    CareOpposition.objects.create(
        patient=team.patient, means="spoken", recorded_by=team.doctor, professional=outside
    )
    drained()  # what was queued before
    assert smtp.mails == []
    assert MailCopy.objects.get().state == "abandoned"
    team.write(team.doctor, row, "encore")
    assert MailCopy.objects.count() == 1
    assert not [
        one for one in circle_of(team.patient, team.doctor, with_patient=False) if one.named == outside
    ]


def test_without_a_mailbox_nobody_outside_is_asked(team: Team, outside: Professional, settings: Any) -> None:
    assert asked(team, outside)
    settings.MSSANTE_SMTP = ""
    assert not [
        one for one in circle_of(team.patient, team.doctor, with_patient=False) if one.named == outside
    ]


def test_the_answer_joins_its_thread_once(team: Team, row: Conversation, smtp: Smtp, imap: Imap) -> None:
    drained()
    key = str(sent(smtp)[0]["Message-ID"])
    imap.mails = [answer(key, talon=photo(), faux=b"MZ")]
    assert secure_mail.receive_mail() == 1
    assert imap.seen == {1}
    made = ConversationMessage.objects.get(by=None)
    assert (made.text, made.number, made.participant.name) == ("Oui, demain.", 2, "Zoé Saule")
    assert [one.name for one in Attachment.objects.all()] == ["talon.jpg"]
    imap.seen.clear()  # a crash before the mark: it is given again
    assert secure_mail.receive_mail() == 1
    assert secure_mail.receive_mail() == 0
    assert ConversationMessage.objects.count() == 2
    shown = unescape(
        client_of(team.nurse).get(reverse("exchange:conversation", args=[row.pk])).content.decode()
    )
    assert "par messagerie sécurisée" in shown
    assert "1 fichier n’a pas été repris" in shown


def test_an_unknown_sender_is_set_aside_for_a_human(
    team: Team, row: Conversation, smtp: Smtp, imap: Imap
) -> None:
    drained()
    key = str(sent(smtp)[0]["Message-ID"])
    imap.mails = [
        answer(key, "C’est moi d’ailleurs", sender="zoe@ailleurs.fr", key="<r2@x>"),
        answer(key, "<script>alert(1)</script>", sender="faux@ailleurs.fr", key="<r3@x>"),
        answer("<rien@nulle-part>", "Bonjour, plaie", sender="inconnu@x.fr", key="<r4@x>"),
        b"\xff\xfe no mail at all",
    ]
    assert secure_mail.receive_mail() == 4
    assert ConversationMessage.objects.count() == 1
    kept, refused, lost, broken = MailReceived.objects.order_by("pk")
    assert [one.doubt for one in (kept, refused, lost, broken)] == [
        "other_sender", "other_sender", "no_thread", "no_thread",
    ]  # fmt: skip
    assert lost.text == ""  # nothing is kept of what answers nothing
    nurse, page = client_of(team.nurse), reverse("exchange:conversation", args=[row.pk])
    shown = nurse.get(page).content.decode()
    assert "zoe@ailleurs.fr" in shown
    assert "<script>alert(1)" not in shown
    inbox = unescape(nurse.get(reverse("web:inbox")).content.decode())
    assert "C’est moi d’ailleurs" in inbox
    assert (
        client_of(team.stranger).post(reverse("exchange:take_mail", args=[row.pk, kept.pk])).status_code
        == 404
    )
    for _twice in range(2):
        nurse.post(reverse("exchange:take_mail", args=[row.pk, kept.pk]))
    nurse.post(reverse("exchange:refuse_mail", args=[row.pk, refused.pk]))
    assert nurse.post(reverse("exchange:refuse_mail", args=[row.pk, lost.pk])).status_code == 404
    assert list(ConversationMessage.objects.filter(by=None).values_list("text", flat=True)) == [
        "C’est moi d’ailleurs"
    ]
    assert "zoe@ailleurs.fr" not in nurse.get(page).content.decode()
    coordinator = client_of(make_person("camille.bruyere", Role.COORDINATOR, team.place.scope))
    listed = unescape(coordinator.get(reverse("exchange:deliveries")).content.decode())
    assert "inconnu@x.fr" in listed
    assert "plaie" not in listed
    coordinator.post(reverse("exchange:see_mail", args=[lost.pk]))
    assert "inconnu@x.fr" not in unescape(coordinator.get(reverse("exchange:deliveries")).content.decode())
    assert coordinator.post(reverse("exchange:see_mail", args=[kept.pk])).status_code == 404
    with pytest.raises(PermissionDenied):
        secure_mail.settle(by=team.nurse, mail=broken, is_taken=False)
    with pytest.raises(PermissionDenied):
        secure_mail.settle(by=team.stranger, mail=kept, is_taken=False)


def test_what_comes_too_late_waits_and_joins_no_closed_thread(
    team: Team, row: Conversation, smtp: Smtp, imap: Imap, outside: Professional
) -> None:
    drained()
    key = str(sent(smtp)[0]["Message-ID"])
    actions.close_conversation(by=team.doctor, conversation=row)
    imap.mails = [answer(key), answer(key, "  ", key="<r5@x>")]
    secure_mail.receive_mail()
    late, empty = MailReceived.objects.order_by("pk")
    assert (late.doubt, empty.doubt) == ("closed", "closed")
    with pytest.raises(ValidationError):
        secure_mail.settle(by=team.doctor, mail=late, is_taken=True)
    actions.reopen_conversation(by=team.doctor, conversation=row)
    with pytest.raises(ValidationError):
        secure_mail.settle(by=team.doctor, mail=empty, is_taken=True)
    CareLink.objects.of_patient(team.patient).filter(professional=outside).update(ends_at=timezone.now())
    imap.mails.append(answer(key, "encore", key="<r6@x>"))
    secure_mail.receive_mail()
    assert MailReceived.objects.get(mail_id="<r6@x>").doubt == "out_of_circle"


def test_a_mailbox_that_is_away_stops_nothing(imap: Imap, settings: Any, db: None) -> None:
    imap.refuses = True
    with pytest.raises(TransportError):
        secure_mail.receive_mail()
    stop = threading.Event()
    calls = []

    def once(_seconds: float) -> bool:
        calls.append(1)
        return bool(stop.set())

    stop.wait = once
    workers.watch_mailbox(stop)
    assert calls == [1]
    settings.MSSANTE_IMAP = ""
    assert secure_mail.receive_mail() == 0
    workers.watch_mailbox(threading.Event())


def test_a_mail_too_large_is_told_and_keeps_nothing_waiting(
    row: Conversation, team: Team, smtp: Smtp, imap: Imap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever keeps the conversation reads that it came; the mail itself stays in the mailbox."""
    drained()
    to = str(sent(smtp)[0]["Message-ID"])
    monkeypatch.setattr(mailbox, "LARGEST", 2000)
    imap.mails = [answer(to, key="<large@x>", text="x " * 2000), answer(to), answer(to, key="<large@x>")]
    assert secure_mail.receive_mail() == 3
    assert imap.seen == {1, 2, 3}
    (large,) = MailReceived.objects.filter(mail_id="<large@x>")
    assert (large.fate, large.doubt, large.text, large.sender) == ("aside", "too_large", "", THEIRS)
    page = client_of(team.doctor).get(reverse("exchange:conversation", args=[row.pk])).content.decode()
    assert "trop lourd" in page
    assert MailReceived.objects.get(mail_id="<r1@x>").fate == "taken"


def _raw(to: str, key: str, rest: bytes) -> bytes:
    return f"From: {THEIRS}\r\nMessage-ID: <{key}@x>\r\nIn-Reply-To: {to}\r\n".encode() + rest


#: Mails broken on purpose: half a character in the text, in the name of a file, parts without end.
BROKEN = {
    "text": b"Content-Type: text/plain; charset=utf-7\r\n\r\nBien +2AA-\r\n",
    "file": b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: text/plain\r\n\r\nBien"
    b"\r\n--a\r\nContent-Type: image/jpeg\r\nContent-Disposition: attachment; filename*=utf-7''+2AA-\r\n\r\n!"
    b"\r\n--a--\r\n",
    "depth": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(1500)
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_mail_broken_on_purpose_keeps_no_other_waiting(
    name: str, row: Conversation, smtp: Smtp, imap: Imap
) -> None:
    drained()
    to = str(sent(smtp)[0]["Message-ID"])
    imap.mails = [_raw(to, "broken", BROKEN[name]), answer(to)]
    assert secure_mail.receive_mail() == 2
    assert MailReceived.objects.get(mail_id="<r1@x>").fate == "taken"
    broken = MailReceived.objects.get(mail_id="<broken@x>")
    assert broken.copy is not None
    assert (broken.fate, broken.doubt) == (("aside", "unreadable") if name == "depth" else ("taken", ""))


def test_a_database_that_is_away_keeps_the_mail_for_later(
    row: Conversation, smtp: Smtp, imap: Imap, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_content: bytes) -> None:
        raise OperationalError("away")

    monkeypatch.setattr(secure_mail, "take_mail", away)
    imap.mails = [answer("<a@b>")]
    with pytest.raises(OperationalError):
        secure_mail.receive_mail()
    assert imap.seen == set()


def test_the_settings_are_checked_at_start(settings: Any) -> None:
    settings.MSSANTE_SMTP, settings.MSSANTE_IMAP = "http://x", "ftp://x"
    assert [one.id for one in mailbox.check_settings()] == ["exchange.E002", "exchange.E003"]
    settings.MSSANTE_SMTP, settings.MSSANTE_IMAP = "smtp+tls://x", "imaps://x"
    assert mailbox.check_settings() == []
