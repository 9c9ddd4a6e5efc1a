"""Invented patients for a demonstration territory: no real person, no matricule.

Names are of trees and stones; phones are of the ranges kept for fiction (01 99 00, 06 39 98).
"""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from maillage.directory import api as directory
from maillage.kernel import journal
from maillage.kernel.api import demonstration_account
from maillage.kernel.models import Person, Scope
from maillage.kernel.names import search_key
from maillage.kernel.rules import Role
from maillage.kernel.sounds import name_sound
from maillage.kernel.sourced_rules import rule
from maillage.people.actions.circle import follow_referring_doctor
from maillage.people.actions.invented_inclusions import create_inclusions
from maillage.people.actions.old_files import create_old_files
from maillage.people.models import (
    AccessLogEntry,
    CareConsent,
    CareLink,
    DoctorProposal,
    DoctorQuota,
    Mandate,
    MandateItem,
    Patient,
    PatientAddress,
    ReferringDoctorRequest,
    RightsRequest,
    SupportReferral,
    named_fields,
)
from maillage.people.rules import addresses
from maillage.people.rules.addresses import Use
from maillage.people.rules.carers import Gesture, Relation, SignedBy
from maillage.people.rules.circle import Means, Origin, Part
from maillage.people.rules.identity import Evidence, IdentityDocument, InsiAnswer, identity_status
from maillage.people.rules.referring_doctor import Criterion, Refusal, State, age_on, priority
from maillage.people.rules.rights import Right
from maillage.territory import api as territory

PATIENTS = 120
_FIRST_NAMES = (
    ("Adèle", "female"), ("Bruno", "male"), ("Colette", "female"), ("Denis", "male"), ("Emma", "female"),
    ("Farid", "male"), ("Ginette", "female"), ("Hugo", "male"), ("Inaya", "female"), ("Jacques", "male"),
    ("Lucie", "female"), ("Marcel", "male"), ("Nora", "female"), ("Octave", "male"), ("Paulette", "female"),
    ("Raymond", "male"), ("Simone", "female"), ("Tom", "male"), ("Yvette", "female"), ("Zoé", "female"),
)  # fmt: skip
_NAMES = (
    "Acacia", "Agate", "Améthyste", "Aulne", "Basalte", "Bouleau", "Calcaire", "Cèdre", "Charme", "Cornaline",
    "Cyprès", "Érable", "Frêne", "Granite", "Grès", "Jade", "Mélèze", "Merisier", "Noisetier", "Olivier",
    "Onyx", "Orme", "Peuplier", "Platane", "Porphyre", "Quartz", "Saule", "Schiste", "Sycomore", "Topaze",
)  # fmt: skip
_EVIDENCE = (
    Evidence(),
    Evidence(IdentityDocument.NONE, InsiAnswer.ONE),
    Evidence(IdentityDocument.IDENTITY_CARD),
    Evidence(IdentityDocument.IDENTITY_CARD, InsiAnswer.ONE),
)
_SEARCHES = (
    (State.REQUESTED, 3), (State.CONSENTED, 9), (State.CONSENTED, 26), (State.PROPOSED, 12),
    (State.ACCEPTED, 18), (State.DECLARED, 48), (State.DECLARED, 101), (State.DECLARED, 140),
    (State.CONSENTED, 64), (State.REQUESTED, 1),
)  # fmt: skip
_CRITERIA: tuple[tuple[Criterion, ...], ...] = (
    (), (Criterion.ALD,), (Criterion.C2S,), (Criterion.DISCHARGE, Criterion.ALD), (Criterion.PREGNANCY,),
)  # fmt: skip
_EMERGENCIES = (
    (Role.NURSE, 2, "Malaise au marché, personne seule, aucun traitement connu."),
    (Role.PHYSICIAN, 5, "Chute sur la voie publique, anticoagulant à vérifier avant le transport."),
)
_DEMANDS = (
    (
        Right.RECTIFICATION,
        "Mon numéro de téléphone est celui d’une voisine : le mien suit.",
        6,
    ),
    (Right.ERASURE, "Effacez l’adresse électronique et le nom de ma fille : nous ne nous parlons plus.", -2),
    (Right.RESTRICTION, "Ne vous servez plus de mon adresse avant que la mairie l’ait corrigée.", 17),
)
_REFERRALS: tuple[tuple[int, list[str], list[str], str, list[str], str, str], ...] = (
    (1, ["care", "digital"], ["doctor", "device"], "over_a_year", ["remainder", "procedures"],
     "Dossier de complémentaire commencé à la pharmacie, resté sans suite.", ""),
    (19, ["rights"], [], "", [], "Adresse donnée de l’assistante sociale du secteur.", ""),
    (46, ["rights", "care"], ["examination"], "under_a_year", ["advance"], "", "rights_opened"),
)  # fmt: skip
_CHILDBEARING = range(18, 45)
#: One in how many has a nurse at home; the plans and the reviews of the demonstration are theirs.
_FOLLOWED = 3


@transaction.atomic
def create_demonstration_patients(*, by: Person | None, place: territory.Territory) -> int:
    """Fill a territory with invented patients, some of whom look for a médecin traitant; return how many.

    Again, it changes nothing. It needs the directory of the demonstration.
    """
    known = Patient.objects.in_scope(place.scope).filter(is_demonstration=True).count()
    if known:
        return known
    today = timezone.localdate()
    communes = list(
        territory.Commune.objects.filter(code__in=territory.member_codes(place)).order_by(
            "-population", "code"
        )
    )
    doctors = [
        one
        for one in directory.professionals_in([commune.code for commune in communes]).order_by("pk")
        if one.is_demonstration and one.is_general_practitioner
    ]
    patients = [_patient(order, place.scope, communes, doctors, today) for order in range(PATIENTS)]
    _link_account(patients)
    DoctorQuota.objects.bulk_create(DoctorQuota(doctor=one, per_month=2) for one in doctors[:4])
    _searches(patients, doctors, today)
    _circles(patients)
    _mandate(patients[0])
    _demands(patients)
    _referrals(patients)
    create_inclusions(patients)
    _emergencies(patients)
    made = PATIENTS + create_old_files(place.scope, communes[0])
    changes = {"patients": made}
    target = journal.target_of(place)
    journal.record(
        by=by, verb="people.demonstration_created", target=target, changes=changes, scope=place.scope_id
    )
    return made


def _patient(
    order: int,
    scope: Scope,
    communes: list[territory.Commune],
    doctors: list[directory.Professional],
    today: date,
) -> Patient:
    first, sex = _FIRST_NAMES[_number("first", order) % len(_FIRST_NAMES)]
    name = _NAMES[_number("name", order) % len(_NAMES)]
    evidence = _EVIDENCE[_number("evidence", order) % len(_EVIDENCE)]
    old = order % 4 == 0
    youngest, span = (78, 18) if old else (55, 40) if _has_team(order) else (0, 80)  # years
    days = youngest * 365 + _number("age", order) % (span * 365)
    has_doctor = bool(doctors) and order >= len(_SEARCHES) and order % 9 != 0
    patient = Patient.objects.create(
        scope=scope,
        birth_name=name,
        birth_first_names=first,
        search_name=search_key(name, first),
        birth_sound=name_sound(name, first),
        used_sound=name_sound(name, first),
        birth_date=today - timedelta(days=days),
        sex=sex,
        document=evidence.document.value,
        insi=evidence.insi.value,
        identity_status=identity_status(evidence).value,
        phone=f"+33639980{order:03d}"[:12],
        language=("fr", "fr", "fr", "fr", "en", "ar")[_number("language", order) % 6],
        joins_by_phone=old,
        no_smartphone=old and order % 8 == 0,
        carer_name=f"{_FIRST_NAMES[order % 20][0]} {name}" if order % 8 == 0 else "",
        carer_phone=f"+33199009{order:03d}"[:12] if order % 8 == 0 else "",
        referring_doctor=doctors[order % len(doctors)] if has_doctor else None,
        is_demonstration=True,
    )
    follow_referring_doctor(by=None, patient=patient)
    home = communes[_number("home", order) % min(len(communes), 12)]
    PatientAddress.objects.create(
        patient=patient, commune=home, postcode=(home.postcodes.split() or [""])[0], position=0
    )
    return patient


def _add_stays(file: Patient) -> None:
    """Say where the first file stays: some weeks at a daughter's, and a second home to be confirmed."""
    home = PatientAddress.objects.of_patient(file).select_related("commune").first()
    today = timezone.localdate()
    if home is None:
        return
    stays = (
        (Use.FAMILY, "Chez sa fille", 6, addresses.State.CONFIRMED),
        (Use.SECOND, "La maison de vacances", 30, addresses.State.PROPOSED),
    )
    for place, (use, label, weeks, state) in enumerate(stays, start=1):
        PatientAddress.objects.create(
            patient=file, commune=home.commune, postcode=home.postcode, label=label,
            line="3 rue des Tilleuls", use=use.value, state=state.value, position=place,
            since=today + timedelta(weeks=weeks), until=today + timedelta(weeks=weeks + 3),
            by=file.account, at=timezone.now(),
        )  # fmt: skip


def _link_account(patients: list[Patient]) -> None:
    """Give the demonstration account of the patient role the first file, and its name."""
    account = demonstration_account(Role.PATIENT)
    if account is None:
        return
    file = patients[0]
    file.account, file.birth_name, file.birth_first_names = account, account.last_name, account.first_name
    file.search_name = search_key(file.birth_name, file.birth_first_names)
    file.birth_sound = file.used_sound = name_sound(file.birth_name, file.birth_first_names)
    file.sex = "male"
    names = ("birth_name", "birth_first_names", "search_name", "birth_sound", "used_sound")
    file.save(update_fields=["account", "sex", *names])
    _add_stays(file)


def _searches(patients: list[Patient], doctors: list[directory.Professional], today: date) -> None:
    """Open searches at every state, so that the waiting list and its indicators have something to say."""
    weights = rule("people.referring_doctor.weights").value
    aged = rule("people.referring_doctor.aged").value
    if not doctors:
        return
    for order, (state, age) in enumerate(_SEARCHES):
        patient = patients[order]
        age_now = age_on(patient.birth_date, today) if patient.birth_date else 0
        criteria = set(_CRITERIA[order % len(_CRITERIA)])
        if patient.sex != "female" or age_now not in _CHILDBEARING:
            criteria.discard(Criterion.PREGNANCY)
        if age_now >= aged:
            criteria.add(Criterion.AGED)
        asked = timezone.now() - timedelta(days=age)
        doctor = doctors[order % len(doctors)]
        settled = state in {State.ACCEPTED, State.DECLARED}
        declared = asked + timedelta(days=12 + 9 * order) if state is State.DECLARED else None
        search = ReferringDoctorRequest.objects.create(
            patient=patient, scope=patient.scope, state=state.value, priority=priority(criteria, weights),
            criteria=sorted(one.value for one in criteria), requested_at=asked,
            consented_at=None if state is State.REQUESTED else asked + timedelta(hours=20),
            doctor=doctor if settled else None, declared_at=declared, closed_at=declared,
        )  # fmt: skip
        _proposals(search, state, doctors, order)
        if state is State.DECLARED:
            patient.referring_doctor = doctor
            patient.save(update_fields=["referring_doctor"])
            follow_referring_doctor(by=None, patient=patient)


def _has_team(order: int) -> bool:
    """Return whether a nurse follows the patient of that place at home: somebody of a certain age."""
    return order % _FOLLOWED == 0


def _circles(patients: list[Patient]) -> None:
    """Give some patients a circle: a nurse and a pharmacist, a case manager with and without consent.

    The demonstration accounts of those roles are named; nothing is made where they do not exist.
    """
    team = {role: demonstration_account(role) for role in (Role.NURSE, Role.PHARMACIST, Role.CASE_MANAGER)}
    now = timezone.now()
    for order, patient in enumerate(patients):
        wanted = (
            (Role.NURSE, _FOLLOWED),
            (Role.PHARMACIST, 2 * _FOLLOWED),
            (Role.CASE_MANAGER, 3 * _FOLLOWED),
        )
        for role, every in wanted:
            account = team[role]
            if account is None or order % every:
                continue
            outside = role is Role.CASE_MANAGER
            CareLink.objects.create(
                patient=patient,
                origin=(Origin.COORDINATION if outside else Origin.TEAM).value,
                role=role.value,
                starts_at=now - timedelta(days=20 + order),
                informed_at=None if order % 12 == 6 else now - timedelta(days=19 + order),
                **named_fields(account),
            )
            if outside and order % 18 == 0:
                CareConsent.objects.create(
                    patient=patient,
                    part=Part.SOCIAL.value,
                    means=Means.SPOKEN.value,
                    since=now - timedelta(days=10),
                    recorded_by=account,
                    **named_fields(account),
                )


def _emergencies(patients: list[Patient]) -> None:
    """Open two files in an emergency, some days ago: the DPO has not reviewed them yet."""
    for place, (role, days, why) in enumerate(_EMERGENCIES):
        person = demonstration_account(role)
        if person is None:
            continue
        patient = patients[40 + place]
        day = timezone.localtime(timezone.now(), patient.scope.zone) - timedelta(days=days)
        opened = day.replace(hour=11, minute=20)
        CareLink.objects.create(
            patient=patient,
            origin=Origin.EMERGENCY.value,
            role=role.value,
            why=why,
            starts_at=opened,
            ends_at=opened + timedelta(hours=rule("people.circle.emergency_hours").value),
            opened_by=person,
            **named_fields(person),
        )
        AccessLogEntry.objects.create(
            patient=patient,
            person=person,
            at=opened + timedelta(minutes=1),
            what="file",
            purpose="accès d’urgence",
        )


def _demands(patients: list[Patient]) -> None:
    """Let three people demand something of their data: one soon due, one late, one lengthened."""
    now, today = timezone.now(), timezone.localdate()
    for place, (right, text, days) in enumerate(_DEMANDS):
        patient = patients[place]
        by = patient.account or Person.objects.filter(roles__role=Role.DPO.value).order_by("pk").first()
        if by is None:
            continue
        RightsRequest.objects.create(
            patient=patient,
            right=right.value,
            text=text,
            means=(Means.SPACE if patient.account else Means.PAPER).value,
            due_on=today + timedelta(days=days),
            by=by,
            at=now - timedelta(days=30 - days),
            key=f"demonstration-{place}",
        )


def _referrals(patients: list[Patient]) -> None:
    """Refer three people far from their rights: one to send, one awaited, one whose outcome came back."""
    now, today = timezone.now(), timezone.localdate()
    nurse = demonstration_account(Role.NURSE)
    coordinator = demonstration_account(Role.COORDINATOR)
    if nurse is None or coordinator is None:
        return
    for place, (days, grounds, given_up, since, causes, done, outcome) in enumerate(_REFERRALS):
        sent = now - timedelta(days=days - 1) if days > 2 else None
        SupportReferral.objects.create(
            patient=patients[20 + place],
            detected_on=today - timedelta(days=days),
            grounds=grounds,
            given_up=given_up,
            since=since,
            causes=causes,
            already_done=done,
            consent="signed",
            consented_on=today - timedelta(days=days),
            by=nurse,
            at=now - timedelta(days=days),
            key=f"demonstration-{place}",
            sent_at=sent,
            sent_by=coordinator if sent else None,
            outcome=outcome,
            words="Complémentaire santé solidaire ouverte, carte Vitale mise à jour." if outcome else "",
            answered_at=now - timedelta(days=3) if outcome else None,
            answered_by=coordinator if outcome else None,
        )


def _mandate(patient: Patient) -> None:
    """Let the demonstration's carer help its patient: appointments, who cares for him, signalling."""
    carer = demonstration_account(Role.CARER)
    if carer is None or patient.account is None:
        return
    now = timezone.now()
    asked, until = now - timedelta(days=30), now + timedelta(days=300)
    link = CareLink.objects.create(
        patient=patient, person=carer, origin=Origin.MANDATE.value, role=Role.CARER.value, starts_at=asked,
        ends_at=until, informed_at=asked, opened_by=patient.account,
    )  # fmt: skip
    mandate = Mandate.objects.create(
        patient=patient, carer=carer, relation=Relation.FATHER.value, until=until, asked_at=asked,
        signed_by=SignedBy.CODE.value, signed_at=asked, recorded_by=patient.account, link=link,
    )  # fmt: skip
    words = [{"part": one.value} for one in (Part.IDENTITY, Part.REACH, Part.CIRCLE, Part.APPOINTMENTS)]
    words += [{"gesture": one.value} for one in Gesture]
    MandateItem.objects.bulk_create(MandateItem(mandate=mandate, since=asked, **word) for word in words)


def _proposals(
    search: ReferringDoctorRequest, state: State, doctors: list[directory.Professional], order: int
) -> None:
    """Let the first doctor asked refuse now and then; the next one has the answer of the state."""
    asked = search.requested_at + timedelta(days=1)
    if order % 3 == 2 and len(doctors) > 1:
        DoctorProposal.objects.create(
            request=search, doctor=doctors[(order + 1) % len(doctors)], proposed_at=asked, answer="refused",
            refusal=Refusal.FULL_LIST.value, answered_at=asked + timedelta(hours=5),
        )  # fmt: skip
    if state is State.PROPOSED:
        DoctorProposal.objects.create(request=search, doctor=doctors[0], proposed_at=asked)
    elif search.doctor is not None:
        DoctorProposal.objects.create(
            request=search, doctor=search.doctor, proposed_at=asked, answer="accepted",
            answered_at=asked + timedelta(hours=30),
        )  # fmt: skip


def _number(*words: object) -> int:
    """Return the same number for the same words, always."""
    text = "|".join(str(word) for word in words)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6])
