"""What ends, and what others take up, when somebody with links to patients leaves."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as lazy

from maillage.kernel.contributions import Fate, Leaving, Withdrawal
from maillage.kernel.models import Person, Scope
from maillage.people.actions.circle import end_row
from maillage.people.actions.referring_doctor import take_back_proposal
from maillage.people.actions.signals import ask_next
from maillage.people.models import CareLink, DoctorProposal, DoctorQuota, Patient, Signal, SignalAsked
from maillage.people.rules.circle import Origin


def _links(person: Person) -> Any:
    """Return the links in force that name an account, or the sheet of it; not that of a médecin traitant."""
    now = timezone.now()
    # The base manager: whoever withdraws reads no file, only who is linked.
    rows = CareLink._base_manager.filter(Q(person=person) | Q(professional__account=person))
    rows = rows.filter(Q(ends_at=None) | Q(ends_at__gt=now))
    return rows.exclude(origin=Origin.REFERRING_DOCTOR.value)


def count_links(person: Person) -> int:
    """Return how many circles of care a professional is of, emergency accesses included."""
    found: int = _links(person).exclude(origin=Origin.MANDATE.value).count()
    return found


def end_links(leaving: Leaving) -> int:
    """Leave every circle at once."""
    return _end(leaving, _links(leaving.person).exclude(origin=Origin.MANDATE.value))


def count_mandates(person: Person) -> int:
    """Return how many mandates a carer holds."""
    found: int = _links(person).filter(origin=Origin.MANDATE.value).count()
    return found


def end_mandates(leaving: Leaving) -> int:
    """End every mandate at once."""
    return _end(leaving, _links(leaving.person).filter(origin=Origin.MANDATE.value))


def _end(leaving: Leaving, rows: Any) -> int:
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    locked = CareLink._base_manager.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    for row in locked.select_related("patient"):
        end_row(leaving.by, row, leaving.reason)
    return 0


def count_referred(person: Person) -> int:
    """Return how many patients have declared a doctor as their médecin traitant."""
    return Patient._base_manager.filter(referring_doctor__account=person).count()


def _proposals(person: Person) -> Any:
    return DoctorProposal._base_manager.filter(answer="", doctor__account=person)


def count_proposals(person: Person) -> int:
    """Return how many patients were proposed to a doctor who has not answered."""
    found: int = _proposals(person).count()
    return found


def give_back_proposals(leaving: Leaving) -> int:
    """Take the proposals back: each search goes to the coordination, to be proposed to somebody else."""
    for row in _proposals(leaving.person).select_related("request").order_by("pk"):
        take_back_proposal(by=leaving.by, proposal=row)
    return 0


def _signals(person: Person) -> Any:
    asked = SignalAsked._base_manager.filter(person=person).values("signal")
    return Signal._base_manager.filter(pk__in=asked, acknowledged_at=None, coordination_at=None)


def count_signals(person: Person) -> int:
    """Return how many worries of carers wait for an answer that was asked of somebody."""
    found: int = _signals(person).count()
    return found


def ask_others(leaving: Leaving) -> int:
    """Ask the next of the care team, or the coordination, at once, where they were the last asked."""
    keys = list(_signals(leaving.person).order_by("pk").values_list("pk", flat=True))
    for row in (
        Signal.objects.in_scope(*Scope.objects.all()).filter(pk__in=keys).select_for_update(of=("self",))
    ):
        last = SignalAsked._base_manager.filter(signal=row).order_by("-at", "-pk").first()
        if last is not None and last.person_id == leaving.person.pk:
            ask_next(row)
    return 0


def count_quota(person: Person) -> int:
    """Return how many new patients a month a doctor still accepts."""
    rows = DoctorQuota.objects.filter(doctor__account=person)
    return sum(rows.values_list("per_month", flat=True))


def end_quota(leaving: Leaving) -> int:
    """Accept no new patient: nobody is proposed to them any more."""
    DoctorQuota.objects.filter(doctor__account=leaving.person).update(per_month=0)
    return 0


WITHDRAWALS = (
    Withdrawal(
        "people.quota",
        lazy("Nouveaux patients acceptés par mois"),
        Fate.ENDS,
        count_quota,
        ("people.doctorquota.doctor",),
        end_quota,
        order=16,
    ),
    Withdrawal(
        "people.circle",
        lazy("Cercles de soins"),
        Fate.ENDS,
        count_links,
        ("people.carelink.person", "people.carelink.professional"),
        end_links,
        order=50,
    ),
    Withdrawal(
        "people.mandates",
        lazy("Mandats d’aidant"),
        Fate.ENDS,
        count_mandates,
        ("people.mandate.carer",),
        end_mandates,
        order=52,
    ),
    Withdrawal(
        "people.proposals",
        lazy("Patients proposés, sans réponse"),
        Fate.PASSES,
        count_proposals,
        ("people.doctorproposal.doctor",),
        give_back_proposals,
        otherwise=lazy("rendus à la coordination"),
        order=30,
    ),
    # After the links, so that nobody who left is asked again.
    Withdrawal(
        "people.signals",
        lazy("Inquiétudes d’aidants à répondre"),
        Fate.PASSES,
        count_signals,
        ("people.signalasked.person",),
        ask_others,
        otherwise=lazy("demandées aux suivants de l’équipe, ou à la coordination"),
        order=54,
    ),
    Withdrawal(
        "people.referred",
        lazy("Patients dont c’est le médecin traitant"),
        Fate.STAYS,
        count_referred,
        ("people.patient.referring_doctor", "people.referringdoctorrequest.doctor"),
        otherwise=lazy("la déclaration tient : ouvrez une recherche pour chacun"),
        order=80,
    ),
)
