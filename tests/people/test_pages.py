"""The pages of patients and of the search of a médecin traitant, for each who may open them."""

from django.test import Client
from django.urls import reverse

from maillage.directory import api as directory
from maillage.kernel.models import Person, Scope
from maillage.kernel.rules import Role
from maillage.people import api
from maillage.people.models import AccessLogEntry, ReferringDoctorRequest
from maillage.territory import api as territory
from tests.people.conftest import holder


def page(client: Client, name: str, *args: object, status: int = 200, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == status, answer.content.decode()[:400]
    return answer.content.decode()


def send(client: Client, name: str, *args: object, status: int = 302, **data: object) -> str:
    answer = client.post(reverse(name, args=args), data, follow=status == 200)
    assert answer.status_code == status, answer.content.decode()[:400]
    return answer.content.decode()


def test_the_regulator_finds_and_opens_a_file(
    client: Client, patient: api.Patient, regulator: Person
) -> None:
    client.force_login(regulator)
    assert "Éloïse FRÊNE" in page(client, "people:patients", q="frene")
    assert "Aucun dossier" in page(client, "people:patients", q="inconnu")
    shown = page(client, "people:patient", patient.pk)
    assert "Identité provisoire" in shown
    assert "06\N{NO-BREAK SPACE}39\N{NO-BREAK SPACE}98" in shown
    assert page(client, "people:change", patient.pk)
    assert "Ouvrir une recherche" in shown
    api.request_doctor(by=regulator, patient=patient)
    assert "Ouvrir une recherche" not in page(client, "people:patient", patient.pk)
    page(client, "people:access_log", patient.pk, status=404)


def test_registering_warns_of_a_duplicate(
    client: Client, patient: api.Patient, regulator: Person, scope: Scope
) -> None:
    client.force_login(regulator)
    page(client, "people:register")
    data = {
        "scope": scope.pk, "birth_name": "Frene", "birth_first_names": "Eloise", "birth_date": "1940-03-14",
        "language": "fr",
    }  # fmt: skip
    assert "Peut-être la même personne" in send(client, "people:register", status=422, **data)
    assert "second-line" not in page(client, "people:patients", q="frene")
    send(client, "people:register", is_another="on", seeks_doctor="on", **data)
    assert api.Patient.objects.in_scope(scope).count() == 2
    assert page(client, "people:patients", q="frene").count('<span class="second-line">') == 2  # homonyms
    assert ReferringDoctorRequest.objects.in_scope(scope).count() == 1
    wrong = {**data, "birth_name": "", "birth_date": "2999-01-01", "commune": "nulle part"}
    shown = send(client, "people:register", status=422, **wrong)
    assert "à venir" in shown
    assert "Aucune commune" in shown


def test_a_file_is_changed_and_qualified(client: Client, patient: api.Patient, regulator: Person) -> None:
    client.force_login(regulator)
    data = {
        "birth_name": "Frêne",
        "language": "en",
        "document": "passport",
        "insi": "00",
        "phone": "0639980002",
    }
    send(client, "people:change", patient.pk, **data)
    assert "Identité qualifiée" in page(client, "people:patient", patient.pk)
    assert "clé" in send(client, "people:ins", patient.pk, status=200, ins="140037123000100")
    assert "n’est pas un numéro de téléphone" in send(
        client, "people:change", patient.pk, status=422, **{**data, "phone": "le soir"}
    )


def test_the_whole_search_by_its_pages(
    client: Client, peopled_valley: territory.Territory, django_assert_max_num_queries
) -> None:
    coordinator = holder(Role.COORDINATOR, peopled_valley.scope)
    client.force_login(coordinator)
    with django_assert_max_num_queries(30):
        listed = page(client, "people:waiting_list", peopled_valley.slug)
    assert "Résolues à 30 jours" in listed
    requests = ReferringDoctorRequest.objects.in_scope(peopled_valley.scope)
    asked = requests.filter(state="requested").first()
    assert asked is not None
    send(client, "people:request", asked.pk, do="consent")
    assert "Proposer à un médecin" in page(client, "people:request", asked.pk)
    doctor = _doctor_with_account(peopled_valley)
    send(client, "people:request", asked.pk, do="propose", doctor=doctor.pk)

    own = Client()
    assert doctor.account is not None
    own.force_login(doctor.account)
    assert api.proposals_waiting(doctor.account) == 1
    assert "Patients proposés" in page(own, "people:patients")
    answers = page(own, "people:proposals")
    assert asked.patient.name in answers
    proposal = asked.proposals.in_scope(peopled_valley.scope).get(doctor=doctor, answer="")
    send(own, "people:proposal_answer", proposal.pk, do="accept")
    assert "Aucun patient n’attend" in page(own, "people:proposals")
    send(own, "people:request", asked.pk, do="declare")
    assert "Médecin traitant déclaré" in page(own, "people:request", asked.pk)
    assert requests.get(pk=asked.pk).state == "declared"


def test_a_doctor_refuses_and_sets_a_quota(client: Client, peopled_valley: territory.Territory) -> None:
    doctor = _doctor_with_account(peopled_valley)
    assert doctor.account is not None
    client.force_login(doctor.account)
    send(client, "people:proposals", per_month=4)
    assert "Saisissez" in send(client, "people:proposals", status=422, per_month="x")
    coordinator = holder(Role.COORDINATOR, peopled_valley.scope)
    search = ReferringDoctorRequest.objects.in_scope(peopled_valley.scope).filter(state="consented").first()
    assert search is not None
    proposal = api.propose(by=coordinator, request=search, doctor=doctor)
    send(client, "people:proposal_answer", proposal.pk, do="refuse", reason="full_list")
    page(client, "people:request", search.pk, status=404)


def test_the_coordination_takes_back_and_closes(client: Client, peopled_valley: territory.Territory) -> None:
    client.force_login(holder(Role.COORDINATOR, peopled_valley.scope))
    search = ReferringDoctorRequest.objects.in_scope(peopled_valley.scope).filter(state="proposed").first()
    assert search is not None
    send(client, "people:request", search.pk, do="withdraw_proposal")
    send(client, "people:request", search.pk, do="close", reason="moved")
    page(client, "people:request", search.pk)
    send(client, "people:request", search.pk, do="nothing", status=404)


def test_doors_stay_shut(client: Client, patient: api.Patient, physician: Person, scope: Scope) -> None:
    client.force_login(physician)
    page(client, "people:patient", patient.pk, status=404)
    page(client, "people:proposals", status=403)
    client.force_login(holder(Role.PATIENT, None))
    page(client, "people:register", status=403)
    assert not AccessLogEntry.objects.in_scope(scope).exists()


def test_a_patient_reads_their_own_file_and_its_log(client: Client, patient: api.Patient) -> None:
    account = holder(Role.PATIENT, None)
    patient.account = account
    patient.save()
    client.force_login(account)
    own = page(client, "people:patient", patient.pk)
    assert "Mon dossier" in own
    assert "Qui a lu mon dossier" in own
    assert "lecture du dossier" in page(client, "people:access_log", patient.pk)


def _doctor_with_account(place: territory.Territory) -> directory.Professional:
    """Give the first doctor with a quota an account."""
    doctor = directory.Professional.objects.filter(referring_quota__isnull=False).order_by("-pk").first()
    assert doctor is not None
    doctor.account = holder(Role.PHYSICIAN, place.scope)
    doctor.save()
    return doctor


def test_an_address_that_only_writes_leads_to_the_file_and_logs_no_change(
    client: Client, patient: api.Patient, regulator: Person, scope: Scope
) -> None:
    client.force_login(regulator)
    log = AccessLogEntry.objects.in_scope(scope)
    for name in ("people:doctor_search", "people:ins"):
        answer = client.get(reverse(name, args=[patient.pk]))
        assert answer.headers["Location"] == reverse("people:patient", args=[patient.pk])
        client.delete(reverse(name, args=[patient.pk]))
    client.options(reverse("people:patient", args=[patient.pk]))
    assert not log.exists()
    client.get(reverse("people:change", args=[patient.pk]))
    assert [one.purpose for one in log] == ["lecture du dossier"]
