"""Pickers of people tell homonyms apart."""

from maillage.directory.models import Professional
from maillage.directory.pages.forms import WelcomeForm
from maillage.territory import api as territory


def test_homonyms_are_told_apart_in_the_picker_of_a_welcome(
    staffed_valley: territory.Territory, django_assert_max_num_queries
) -> None:
    doctor = Professional.objects.filter(profession="10").order_by("pk")[0]
    nurse = Professional.objects.filter(profession="60").order_by("pk")[0]
    for one in (doctor, nurse):
        one.first_name, one.last_name = "Camille", "Séneçon"
        one.save()
    with django_assert_max_num_queries(8):
        options = dict(WelcomeForm(place=staffed_valley).fields["mentor"].choices)
    labels = [options[one.pk] for one in (doctor, nurse)]
    assert labels[0].startswith("Camille Séneçon, Médecin, ")
    assert labels[1].startswith("Camille Séneçon, Infirmier, infirmière, ")
