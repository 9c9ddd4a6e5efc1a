"""What `protocols` brings to the shared pages: acts to sign, questions to physicians, their answers."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as lazy

from maillage.kernel.contributions import (
    Block,
    Confided,
    Contribution,
    Entry,
    InboxSource,
    Panel,
    Verb,
    Waits,
    naming_nobody,
)
from maillage.kernel.rules import InboxGroup, Permission, Role
from maillage.people import api as people
from maillage.protocols.actions.demonstration import create_demonstration_protocols
from maillage.protocols.actions.education_demonstration import create_demonstration_education
from maillage.protocols.actions.leaving import WITHDRAWALS
from maillage.protocols.models import Act, Enrolment, Programme, Protocol, Referral
from maillage.protocols.models.records import PROCESSING, RECORDS
from maillage.protocols.pages import blocks, education_blocks, pharmacy_blocks
from maillage.protocols.queries.acts import acts_open
from maillage.protocols.queries.education import assessments_to_do, attendance_to_take
from maillage.protocols.queries.referrals import answers_unread, questions_open
from maillage.territory.api import Territory

#: Who acts under a protocol.
DELEGATED = (Role.NURSE, Role.PHARMACIST, Role.PHYSIOTHERAPIST, Role.MIDWIFE)
#: Who may be of the team of an education programme.
EDUCATORS = frozenset({*DELEGATED, Role.PHYSICIAN, Role.CASE_MANAGER, Role.COORDINATOR, Role.EHPAD})


def demonstrate(place: Territory, now: datetime) -> None:
    """Give the territory two protocols in use with acts under them, and an education programme."""
    create_demonstration_protocols(place=place, now=now)
    create_demonstration_education(place=place, now=now)


CONTRIBUTION = Contribution(
    "protocols",
    navigation=(
        Entry(
            Verb.ACT,
            lazy("Protocoles"),
            "protocols:protocols",
            "report-medical",
            lazy("Lire les protocoles, y adhérer, signer les actes délégués, répondre aux exceptions."),
            Permission.VIEW_PROTOCOLS,
            order=38,
        ),
        Entry(
            Verb.ACT,
            lazy("Éducation thérapeutique"),
            "protocols:programmes",
            "users",
            lazy("Lire les programmes, planifier les séances, noter les présences, suivre chaque personne."),
            Permission.VIEW_PROTOCOLS,
            order=39,
        ),
    ),
    first_screen=(
        Block("protocols.acts", dict.fromkeys(DELEGATED, 2), blocks.acts_waiting),
        Block("protocols.questions", {Role.PHYSICIAN: 2}, blocks.questions_waiting),
        Block(
            "protocols.answers",
            {role: 3 for role in DELEGATED if role is not Role.PHARMACIST},
            blocks.answers_waiting,
        ),
        Block("protocols.education", dict.fromkeys(EDUCATORS, 4), education_blocks.education_waiting),
        Block("protocols.planned", {Role.PHARMACIST: 0}, pharmacy_blocks.planned),
        Block("protocols.missing", {Role.PHARMACIST: 0}, pharmacy_blocks.missing),
    ),
    panels=(
        Panel("protocols.acts", people.Part.HEALTH.value, "actes de protocole", blocks.acts_panel, order=40),
        Panel(
            "protocols.pharmacy",
            people.Part.HEALTH.value,
            "actes de pharmacien",
            pharmacy_blocks.pharmacy_panel,
            order=42,
        ),
        Panel(
            "protocols.education",
            people.Part.HEALTH.value,
            "éducation thérapeutique",
            education_blocks.education_panel,
            order=43,
        ),
    ),
    inbox=(
        InboxSource(
            blocks.ACTS,
            lazy("Actes à signer"),
            "report-medical",
            frozenset(DELEGATED),
            Waits(acts_open, "at", seen=Act.objects.for_person),
            blocks.act_lines,
            order=32,
            confided=Confided(InboxGroup.SIGNATURES, blocks.HELD_ACTS),
        ),
        InboxSource(
            blocks.QUESTIONS,
            lazy("Questions à répondre"),
            "report-medical",
            frozenset({Role.PHYSICIAN}),
            Waits(questions_open, "at", "due_at", seen=Referral.objects.for_person),
            blocks.question_lines,
            order=22,
            confided=Confided(InboxGroup.CLINICAL, blocks.HELD_QUESTIONS),
        ),
        InboxSource(
            blocks.ANSWERS,
            lazy("Réponses des médecins"),
            "report-medical",
            frozenset(DELEGATED),
            Waits(answers_unread, "answered_at", seen=Referral.objects.for_person),
            blocks.answer_lines,
            order=34,
            confided=Confided(InboxGroup.CLINICAL, blocks.HELD_ANSWERS),
        ),
        InboxSource(
            education_blocks.ATTENDANCE,
            lazy("Présences à noter"),
            "users",
            EDUCATORS,
            Waits(attendance_to_take, "starts_at"),
            education_blocks.attendance_lines,
            order=36,
            confided=Confided(InboxGroup.VISITS, naming_nobody(education_blocks.attendance_lines)),
        ),
        InboxSource(
            education_blocks.ASSESSMENT,
            lazy("Bilans éducatifs"),
            "edit",
            EDUCATORS,
            Waits(assessments_to_do, "at", seen=Enrolment.objects.for_person),
            education_blocks.assessment_lines,
            order=37,
            confided=Confided(InboxGroup.SIGNATURES, education_blocks.HELD_ASSESSMENTS),
        ),
    ),
    demonstrate=demonstrate,
    happenings=education_blocks.happenings,
    named_in_journal=(Protocol, Programme),
    withdrawals=WITHDRAWALS,
    records=RECORDS,
    processing=PROCESSING,
    told_of_leavers=("protocols.referralasked.person",),
)
