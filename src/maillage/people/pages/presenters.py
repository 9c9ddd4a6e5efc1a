"""The words in which the people context's pages say what its rules found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maillage.directory import api as directory
from maillage.kernel import access, formats
from maillage.kernel.models import Person, RoleAssignment
from maillage.kernel.pages.presenters import role_name
from maillage.kernel.phones import written_phone
from maillage.kernel.rules import Permission
from maillage.people.actions.addresses import period_said
from maillage.people.models import (
    CRITERION_LABELS,
    OWNER_LABELS,
    PLAIN_LABELS,
    STATE_LABELS,
    DoctorProposal,
    Patient,
    PatientAddress,
    ReferringDoctorRequest,
)
from maillage.people.queries import Candidate, Match
from maillage.people.queries.told import told
from maillage.people.rules.addresses import current
from maillage.people.rules.duplicates import Likeness
from maillage.people.rules.identity import IdentityStatus
from maillage.people.rules.referring_doctor import Criterion, State, owner_of
from maillage.territory import api as territory

STATUS_KINDS = {
    IdentityStatus.PROVISIONAL: "attention",
    IdentityStatus.RETRIEVED: "",
    IdentityStatus.VALIDATED: "",
    IdentityStatus.QUALIFIED: "good",
}
STEP_TEXTS: dict[str, str | Promise] = {
    "document": gettext_lazy(
        "Vérifier une pièce de haut niveau de confiance : passeport, carte d’identité, titre de séjour."
    ),
    "insi": gettext_lazy("Interroger le téléservice INSi."),
    "first_names": gettext_lazy(
        "INSi a trouvé plusieurs identités : ajouter tous les prénoms, puis le lieu de naissance."
    ),
    "doubt": gettext_lazy("Lever le doute sur l’identité."),
}
LIKENESS_LABELS: dict[Likeness, str | Promise] = {
    Likeness.INS: gettext_lazy("même matricule INS"),
    Likeness.NAMES_AND_BIRTH: gettext_lazy("mêmes noms et même date de naissance"),
    Likeness.SWAPPED_NAMES: gettext_lazy("nom et prénom inversés, même date de naissance"),
    Likeness.NAMES_AND_PHONE: gettext_lazy("mêmes noms et même téléphone"),
    Likeness.BIRTH_AND_PHONE: gettext_lazy("même date de naissance et même téléphone"),
    Likeness.ALIKE: gettext_lazy("noms qui se ressemblent"),
}
READ_LABELS: dict[str, str | Promise] = {
    "file": gettext_lazy("dossier"),
    "list": gettext_lazy("ligne d’une liste"),
    "part": gettext_lazy("partie du dossier"),
    "copy": gettext_lazy("copie de toutes les données"),
}


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request for a médecin traitant as pages show it; `days` since it was made."""

    request: ReferringDoctorRequest
    state: str
    owner: str
    criteria: str
    days: int


def request_line(one: ReferringDoctorRequest) -> RequestLine:
    """Return a request with its words."""
    state = State(one.state)
    end = one.closed_at or timezone.now()
    return RequestLine(
        one,
        str(STATE_LABELS[state]),
        str(OWNER_LABELS[owner_of(state)]),
        ", ".join(str(CRITERION_LABELS[Criterion(word)]) for word in one.criteria) or _("aucun"),
        (timezone.localdate(end) - timezone.localdate(one.requested_at)).days,
    )


def roles_said(people: Collection[int]) -> dict[int, list[str]]:
    """Return the roles that some people hold today, in words, by person; one statement."""
    held = RoleAssignment.objects.in_force(timezone.localdate()).filter(person__in=people)
    found: dict[int, list[str]] = defaultdict(list)
    for person, role in held.order_by("role").values_list("person", "role").distinct():
        found[person].append(role_name(role))
    return found


def matches(found: Iterable[Match]) -> list[tuple[Match, str]]:
    """Return the files that may be the same person's, each with why."""
    return [(match, str(LIKENESS_LABELS[match.likeness])) for match in found]


def reach(patient: Patient) -> list[tuple[str, str]]:
    """Return how a patient is reached: label and value, only what is known."""
    known = directory.language_names()
    lines = [
        (_("Téléphone"), written_phone(patient.phone)),
        (_("Autre téléphone"), written_phone(patient.other_phone)),
        (_("Adresse électronique"), patient.email),
        (_("Langue"), known.get(patient.language, patient.language)),
        (_("Interprète"), _("nécessaire") if patient.needs_interpreter else ""),
        (_("Handicap à prendre en compte"), patient.disability),
        (_("À joindre"), _("par téléphone") if patient.joins_by_phone else ""),
        (_("Équipement"), _("sans téléphone connecté") if patient.no_smartphone else ""),
        (_("Aidant à appeler"), f"{patient.carer_name} {written_phone(patient.carer_phone)}".strip()),
    ]
    return [(label, value) for label, value in lines if value]


def physician_of(person: Person) -> directory.Professional | None:
    """Return the physician whose account it is, None for anyone else."""
    sheet = getattr(person, "professional", None)
    return sheet if sheet is not None and sheet.profession == directory.Profession.PHYSICIAN else None


def waiting_places(person: Person) -> list[territory.Territory]:
    """Return the territories where the person attributes médecins traitants."""
    scopes = access.scopes_of(person, Permission.MANAGE_REFERRING_DOCTOR)
    every = territory.Territory.objects.order_by("search_name")
    return list(every if scopes is None else every.filter(scope__in=scopes))


def with_doctors(proposals: Sequence[DoctorProposal]) -> list[tuple[DoctorProposal, str, str]]:
    """Return the proposals made, each with what tells its doctor from a homonym, and what left to them."""
    apart = directory.told_apart(one.doctor for one in proposals)
    left = told([one for one in proposals if not one.answer])
    return [(one, apart[one.doctor_id], left.get(one.pk, "")) for one in proposals]


def plain_state(request: ReferringDoctorRequest, *, is_own: bool) -> str:
    """Return where a search stands: in plain words to the person, as the work says it to others."""
    state = State(request.state)
    if is_own:
        return str(PLAIN_LABELS[state])
    if request.doctor is not None:
        return formats.told(str(STATE_LABELS[state]), request.doctor.name)
    if request.closing:
        return formats.told(str(STATE_LABELS[state]), str(request.get_closing_display()))
    return str(STATE_LABELS[state])


@dataclass(frozen=True, slots=True)
class CandidateLine:
    """A doctor to whom a patient may be proposed: where, how far, how many more they take, and why there."""

    doctor: directory.Professional
    commune: str
    travel: str
    per_month: int
    remaining: int
    why: str


def candidate_lines(found: Sequence[Candidate]) -> list[CandidateLine]:
    """Return the doctors of a search as its table shows them, in the same order."""
    return [
        CandidateLine(
            one.doctor,
            one.commune.name if one.commune else _("commune inconnue"),
            _travel(one),
            one.per_month,
            one.remaining,
            _why(one, first=place == 0),
        )
        for place, one in enumerate(found)
    ]


def _travel(one: Candidate) -> str:
    if one.minutes is None:
        return ""
    said = formats.minutes(one.minutes)
    if not one.travel_source:
        return _("{minutes}, estimation").format(minutes=said)
    return _("{minutes} ({source})").format(minutes=said, source=one.travel_source)


def _why(one: Candidate, *, first: bool) -> str:
    """Say why a doctor stands at that place of the list."""
    if not one.remaining:
        return _("quota du mois atteint")
    if one.minutes is None:
        return _("trajet inconnu : classé par les places qui restent")
    return _("le plus proche qui a de la place") if first else _("a de la place")


def addresses(rows: Sequence[PatientAddress], patient: Patient) -> list[tuple[PatientAddress, str, bool]]:
    """Return the addresses to show, that of today first, each with its days, but those over."""
    today = timezone.localdate(timezone=patient.scope.zone)
    now = current([one for one in rows if not one.is_proposed], today)
    kept = [one for one in rows if one.until is None or one.until >= today]
    kept.sort(key=lambda one: one != now)
    return [(one, period_said(one.since, one.until), one == now) for one in kept]
