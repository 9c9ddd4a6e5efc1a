"""Conversations of the demonstration: about a patient, between colleagues, with the patient and his carer."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from maillage.exchange.actions.conversations import mark_read, open_conversation, write
from maillage.exchange.models import Conversation, ConversationMessage, Participant
from maillage.exchange.queries.presence import circle_of, colleagues
from maillage.kernel.api import demonstration_account
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people import api as people
from maillage.territory.api import Territory

Words = tuple[tuple[Role, float, str], ...]
#: Who writes, how many hours ago, what; the last one is still to read for those who have not written since.
_ABOUT: Words = (
    (
        Role.PHARMACIST,
        26,
        "En préparant le pilulier, je retrouve deux boîtes de furosémide entamées : 20 mg et 40 mg. "
        "Laquelle est la bonne depuis la sortie ?",
    ),
    (
        Role.PHYSICIAN,
        22,
        "C’est 40 mg le matin depuis lundi, l’ordonnance de 20 mg est arrêtée. Merci de reprendre l’ancienne "
        "boîte. @Inès, peux-tu vérifier ce qu’il prend vraiment à la prochaine visite ?",
    ),
    (
        Role.PHARMACIST,
        3,
        "La boîte de 20 mg est retirée, le pilulier est refait jusqu’à dimanche. Il me dit avoir sauté deux "
        "prises cette semaine.",
    ),
)
_TOPIC: Words = (
    (
        Role.COORDINATOR,
        50,
        "Qui peut assurer une demi-journée de vaccination à la salle des fêtes, un samedi matin de "
        "décembre ? Il faut un prescripteur et deux vaccinateurs.",
    ),
    (Role.NURSE, 47, "Je suis libre le deuxième samedi, de 9 h à 12 h."),
    (Role.PHARMACIST, 30, "Moi aussi, et la pharmacie apporte les doses et la glacière."),
)
_WITH_PATIENT: Words = (
    (Role.PATIENT, 28, "Bonjour, est-ce que je dois rester à jeun pour la prise de sang de jeudi ?"),
    (
        Role.NURSE,
        5,
        "Bonjour Monsieur Tilleul. Non, ce n’est pas nécessaire cette fois. Je passe entre 8 h et 9 h ; "
        "gardez votre carnet de poids à côté de vous.",
    ),
)


@transaction.atomic
def create_demonstration_conversations(*, place: Territory, now: datetime) -> int:
    """Write the conversations of the demonstration, once; return how many. `people` made the circles."""
    if Conversation.objects.in_scope(place.scope).exists():
        return 0
    team = {role: demonstration_account(role) for role in Role}
    made = 0
    nurse, physician, pharmacist = team[Role.NURSE], team[Role.PHYSICIAN], team[Role.PHARMACIST]
    patient = _followed(nurse, place)
    if patient is not None and nurse is not None and physician is not None and pharmacist is not None:
        people.add_to_circle(
            by=nurse,
            patient=patient,
            who=getattr(physician, "professional", None) or physician,
            origin=people.Origin.TEAM,
            role=Role.PHYSICIAN,
            is_informed=True,
        )
        made += _talk(team, "Furosémide : 20 ou 40 mg ?", _ABOUT, now, patient=patient)
        made += _talk(team, "Prise de sang de jeudi", _WITH_PATIENT, now, patient=patient)
    if team[Role.COORDINATOR] is not None:
        made += _talk(team, "Vaccination : qui vient en décembre ?", _TOPIC, now, place=place)
    return made


def _followed(nurse: Person | None, place: Territory) -> people.Patient | None:
    """Return the invented patient with an account, where the nurse cares for them."""
    found = people.Patient.objects.in_scope(place.scope).filter(is_demonstration=True, account__isnull=False)
    patient = found.order_by("pk").first()
    if nurse is None or patient is None:
        return None
    return patient if people.decision(nurse, patient, people.Part.PLAN).is_allowed else None


def _talk(
    team: dict[Role, Person | None],
    subject: str,
    words: Words,
    now: datetime,
    *,
    patient: people.Patient | None = None,
    place: Territory | None = None,
) -> int:
    """Open a conversation and write it, at the hours it says; return 1, or 0 where somebody is missing."""
    authors = [team[role] for role, _hours, _text in words]
    first = authors[0]
    if first is None or None in authors:
        return 0
    roles = {role for role, _hours, _text in words} | {Role.NURSE, Role.PHYSICIAN}
    if Role.PATIENT in roles:
        roles = {Role.PATIENT, Role.NURSE, Role.CARER}
    wanted = {one.pk for one in (team[role] for role in roles) if one is not None}
    with_patient = Role.PATIENT in roles
    if patient is not None:
        candidates = circle_of(patient, first, with_patient=with_patient)
    else:
        assert place is not None
        candidates = colleagues(first, place.scope)
    asked = [one.key for one in candidates if isinstance(one.named, Person) and one.named.pk in wanted]
    if not asked:
        return 0
    made = open_conversation(
        by=first,
        subject=subject,
        text=words[0][2],
        asked=asked,
        key=f"demonstration-{subject[:40]}",
        patient=patient,
        scope=None if place is None else place.scope,
    )
    for number, (role, _hours, text) in enumerate(words[1:], start=2):
        author = team[role]
        assert author is not None
        mark_read(by=author, conversation=_again(made))
        write(by=author, conversation=made, text=text, key=f"demonstration-{made.pk}-{number}")
    for number, (_role, hours, _text) in enumerate(words, start=1):
        at = now - timedelta(hours=hours)
        ConversationMessage.objects.filter(conversation=made, number=number).update(at=at)
    first_at, last_at = (now - timedelta(hours=words[place_of][1]) for place_of in (0, -1))
    Conversation.objects.keyed(made.pk).update(at=first_at, last_at=last_at)
    Participant.objects.filter(conversation=made).update(added_at=first_at)
    return 1


def _again(made: Conversation) -> Conversation:
    return Conversation.objects.keyed(made.pk).get()
