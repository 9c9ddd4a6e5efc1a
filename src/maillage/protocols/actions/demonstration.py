"""Invented protocols, who signed up, acts and an exception, so that each first screen has something to do."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from maillage.kernel.api import demonstration_account
from maillage.kernel.models import Person
from maillage.kernel.rules import Role
from maillage.people import api as people
from maillage.protocols.actions.acts import begin_act, sign_act
from maillage.protocols.actions.pharmacy import (
    note_shortage,
    plan_review,
    plan_vaccination,
    read_medicine,
    share_review,
    signal_shortage,
)
from maillage.protocols.actions.protocols import open_protocol, publish, sign_up, write_version
from maillage.protocols.models import Protocol, Version
from maillage.protocols.queries.protocols import criteria_of
from maillage.protocols.rules.criteria import CriterionKind
from maillage.protocols.rules.protocols import EvidenceLevel, ProtocolKind, Side
from maillage.territory.api import Territory

_CYSTITIS = {
    "authors": "Dr Hélène Aubépine, Inès Capucine, Paul Réglisse",
    "aims": "Répondre le jour même à une cystite simple, sans consultation médicale.",
    "acts": ["Bandelette urinaire et remise du traitement"],
    "inclusion": ["A-t-elle des brûlures ou des envies fréquentes d’uriner ?"],
    "exclusion": ["A-t-elle eu plus de trois épisodes cette année ?", "A-t-elle une douleur dans le dos ?"],
    "stop": ["A-t-elle des frissons ?"],
    "returns": "Toute exclusion, tout doute, ou des signes qui durent après trois jours.",
    "information": "Un professionnel formé agit à la place du médecin, qui reste joignable. "
    "Vous pouvez refuser.",
    "training": "Formation au protocole, attestée par le médecin délégant.",
    "reference": "Arrêté du 9 mars 2023 (protocoles de coopération, soins non programmés)",
    "level": EvidenceLevel.NONE.value,
    "reference_on": date(2023, 3, 9),
}
_HEART = {
    "authors": "Dr Hélène Aubépine, Inès Capucine",
    "aims": "Adapter le diurétique à la prise de poids, dans les bornes que le médecin a fixées.",
    "acts": ["Adapter la dose du diurétique dans les bornes prescrites", "Demander un ionogramme"],
    "patients": "Adultes suivis pour une insuffisance cardiaque, stables depuis un mois.",
    "inclusion": ["Le médecin a-t-il prescrit des bornes de dose pour cette personne ?"],
    "exclusion": ["La tension est-elle plus basse que la limite que le médecin a prescrite ?"],
    "stop": ["Est-elle plus essoufflée qu’hier ?"],
    "returns": "Essoufflement, malaise, poids qui monte encore le lendemain.",
    "exchanges": "Message au médecin après chaque changement de dose ; point mensuel.",
    "information": "L’infirmière change la dose dans les bornes fixées par le médecin. Vous pouvez refuser.",
    "training": "Formation interne, attestée par le médecin délégant.",
    "reference": "Texte d’exemple de la démonstration : aucune référence n’a été lue",
    "level": EvidenceLevel.NONE.value,
}


@transaction.atomic
def create_demonstration_protocols(*, place: Territory, now: datetime) -> int:
    """Write two protocols in use, their sign-ups and some acts, once; return how many protocols.

    It needs the circles of `people` and the plans of `care`.
    """
    if Protocol.objects.filter(scope=place.scope).exists():
        return 0
    team = {
        role: demonstration_account(role)
        for role in (Role.COORDINATOR, Role.PHYSICIAN, Role.NURSE, Role.PHARMACIST)
    }
    coordinator, physician, nurse = team[Role.COORDINATOR], team[Role.PHYSICIAN], team[Role.NURSE]
    if coordinator is None or physician is None or nurse is None:
        return 0
    cystitis = _written(
        coordinator, place, ProtocolKind.COOPERATION, "Cystite simple de la femme", _CYSTITIS, now, "SNP1"
    )
    heart = _written(
        coordinator, place, ProtocolKind.LOCAL, "Insuffisance cardiaque : dose du diurétique", _HEART, now
    )
    for version in (cystitis, heart):
        _sign(coordinator, version, physician, Side.DELEGATING, now)
        _sign(coordinator, version, nurse, Side.DELEGATED, now)
    if team[Role.PHARMACIST] is not None:
        _sign(coordinator, cystitis, team[Role.PHARMACIST], Side.DELEGATED, now)
    _acts(heart, nurse, physician)
    if (pharmacist := team[Role.PHARMACIST]) is not None:
        _counter(pharmacist, physician, place, now)
    return 2


def _written(
    by: Person,
    place: Territory,
    kind: ProtocolKind,
    title: str,
    content: dict[str, Any],
    now: datetime,
    code: str = "",
) -> Version:
    key = f"demonstration-{code or kind.value}"
    protocol = open_protocol(by=by, scope=place.scope, kind=kind, title=title, national_code=code, key=key)
    # The local one should have been reviewed last week: a date that has passed is said on screen.
    review = now.date() + timedelta(days=200 if code else -7)
    version = write_version(by=by, protocol=protocol, content=content | {"review_on": review}, key=key)
    return publish(by=by, version=version)


def _sign(by: Person, version: Version, who: Person | None, side: Side, now: datetime) -> None:
    sheet = getattr(who, "professional", None)
    if sheet is None:
        return
    day = now.date()
    sign_up(
        by=by,
        protocol=version.protocol,
        professional=sheet,
        side=side,
        signed_on=day - timedelta(days=90),
        trained_on=day - timedelta(days=100) if side is Side.DELEGATED else None,
        until=day + timedelta(days=275),
        key=f"demonstration-{version.pk}-{sheet.pk}-{side.value}",
    )


def _acts(version: Version, nurse: Person, physician: Person) -> None:
    """Begin acts of the nurse: one signed, one to sign, one to check, one that went back to the physician."""
    invented = people.Patient.objects.in_scope(version.protocol.scope).filter(is_demonstration=True)
    both = [
        one
        for one in invented.order_by("pk")
        if all(people.decision(who, one, people.Part.HEALTH).is_allowed for who in (nurse, physician))
    ]
    for order, patient in enumerate(both[:4]):
        wanted = {one.key: one.wanted.value for one in criteria_of(version, patient) if one.known is None}
        stops = [one.key for one in version.own_criteria if one.kind is CriterionKind.STOP]
        if order == 1:
            wanted[stops[0]] = "yes"
        if order == 2:
            del wanted[stops[0]]
        act = begin_act(
            by=nurse,
            version=version,
            patient=patient,
            act=version.acts[0],
            answers=wanted,
            has_agreed=True,
            key=f"demonstration-{patient.pk}",
        )
        if order == 3:
            sign_act(
                by=nurse, act=act, report="Dose du matin augmentée d’un demi-comprimé, tension vérifiée."
            )


def _counter(pharmacist: Person, physician: Person, place: Territory, now: datetime) -> None:
    """Plan reviews and a vaccination, note a shortage, share a review whose proposal waits for an answer."""
    invented = people.Patient.objects.in_scope(place.scope).filter(is_demonstration=True)
    both = [
        one
        for one in invented.order_by("pk")
        if all(people.decision(who, one, people.Part.HEALTH).is_allowed for who in (pharmacist, physician))
    ]
    for order, patient in enumerate(both[:4]):
        day, key = now.date() + timedelta(days=order), f"demonstration-{patient.pk}"
        review = plan_review(by=pharmacist, patient=patient, planned_on=day, key=key)
        if order == 0:
            note_shortage(
                by=pharmacist, patient=patient, medicine="Amoxicilline 500 mg, gélule",
                alternatives="Suspension buvable au même dosage", key=key,
            )  # fmt: skip
            plan_vaccination(
                by=pharmacist, patient=patient, vaccine="Grippe saisonnière", planned_on=day, key=key
            )
        if order == 1:
            made = note_shortage(
                by=pharmacist, patient=patient, medicine="Prednisolone 20 mg, comprimé",
                alternatives="Prednisone, à la dose que dira le prescripteur", key=key,
            )  # fmt: skip
            signal_shortage(by=pharmacist, shortage=made, to=physician)
        if order == 3:
            read_medicine(
                by=pharmacist, review=review, medicine="Somnifère, chaque soir depuis deux ans",
                finding="Chute le mois dernier", proposal="Diminuer par paliers", key=key,
            )  # fmt: skip
            share_review(by=pharmacist, review=review, conclusion="Une proposition.", to=physician)
