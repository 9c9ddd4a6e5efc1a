"""Rows about patients: read in a scope, or for a reason, or not at all."""

from collections.abc import Callable, Iterable, Iterator

import pytest
from django.db import connection, models
from django.test.utils import isolate_apps

from maillage.kernel.models import Entry, Person, Scope
from maillage.kernel.scoping import ScopedQuerySet, UnscopedQueryError

with isolate_apps("maillage.kernel"):

    class NoteQuerySet(ScopedQuerySet["Note"]):
        def visible_to(self, person: Person) -> models.Q:
            return models.Q(author=person.pk)

        def inside(self, scopes: Iterable[Scope]) -> models.Q:
            return models.Q(scope__in=[scope.pk for scope in scopes])

    class Note(models.Model):  # noqa: DJ008
        """A table made for these tests, of rows that only their author may see."""

        author = models.BigIntegerField()
        scope = models.BigIntegerField()
        text = models.TextField()

        objects = NoteQuerySet.as_manager()

        class Meta:
            app_label = "kernel"
            db_table = "test_note"


class BareQuerySet(ScopedQuerySet[Note]):
    """A queryset that does not say who sees what."""


@pytest.fixture
def notes(
    db: None, nurse: Person, administrator: Person, scope: Scope, other_scope: Scope
) -> Iterator[list[Note]]:
    connection.check_constraints()
    with connection.cursor() as cursor:
        kind = {"sqlite": "integer PRIMARY KEY", "postgresql": "bigserial PRIMARY KEY"}[connection.vendor]
        cursor.execute(f"CREATE TABLE test_note (id {kind}, author bigint, scope bigint, text text)")
    mine = Note.objects.create(author=nurse.pk, scope=scope.pk, text="mine")
    theirs = Note.objects.create(author=administrator.pk, scope=other_scope.pk, text="theirs")
    yield [mine, theirs]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE test_note")


READS: list[Callable[[ScopedQuerySet[Note]], object]] = [
    list,
    len,
    bool,
    lambda notes: notes[0],
    lambda notes: notes.first(),
    lambda notes: notes.get(text="mine"),
    lambda notes: notes.count(),
    lambda notes: notes.exists(),
    lambda notes: notes.aggregate(models.Count("pk")),
    lambda notes: list(notes.iterator()),
    lambda notes: list(notes.values("text")),
    lambda notes: list(notes.values_list("text", flat=True)),
    lambda notes: notes.in_bulk(),
    lambda notes: list(notes.filter(text="mine").order_by("pk")),
    lambda notes: list(notes.union(notes)),
    lambda notes: notes.update(text="changed"),
    lambda notes: notes.delete(),
    lambda notes: notes.get_or_create(text="mine"),
]


@pytest.mark.parametrize("read", READS)
def test_an_unscoped_read_is_refused(
    notes: list[Note], read: Callable[[ScopedQuerySet[Note]], object]
) -> None:
    with pytest.raises(UnscopedQueryError, match=r"kernel\.Note must be read through for_person"):
        read(Note.objects.all())


@pytest.mark.parametrize("read", READS)
def test_a_scoped_read_is_served(
    notes: list[Note], nurse: Person, read: Callable[[ScopedQuerySet[Note]], object]
) -> None:
    read(Note.objects.for_person(nurse))


def test_a_person_sees_their_rows_only(notes: list[Note], nurse: Person) -> None:
    assert list(Note.objects.for_person(nurse)) == notes[:1]
    assert Note.objects.filter(text="theirs").for_person(nurse).count() == 0
    assert Note.objects.for_person(nurse).filter(text="mine").exists()


def test_a_scope_holds_its_rows_only(notes: list[Note], scope: Scope, other_scope: Scope) -> None:
    assert list(Note.objects.in_scope(other_scope)) == notes[1:]
    assert Note.objects.in_scope(scope, other_scope).count() == 2
    assert Note.objects.in_scope().count() == 0


def test_reading_everything_takes_a_reason_that_the_journal_keeps(
    notes: list[Note], administrator: Person
) -> None:
    assert Note.objects.unscoped(reason="calcul d’un indicateur", by=administrator).count() == 2
    entry = Entry.objects.first()
    assert (entry.verb, entry.target, entry.reason) == (
        "kernel.read_unscoped",
        "kernel.note",
        "calcul d’un indicateur",
    )
    assert entry.by == administrator
    with pytest.raises(ValueError, match="reason"):
        Note.objects.unscoped(reason=" ")


def test_a_model_must_say_who_sees_what(nurse: Person, scope: Scope) -> None:
    bare = BareQuerySet(Note)
    with pytest.raises(NotImplementedError, match="visible_to"):
        bare.for_person(nurse)
    with pytest.raises(NotImplementedError, match="inside"):
        bare.in_scope(scope)


def test_a_row_in_hand_may_be_saved(notes: list[Note], nurse: Person) -> None:
    notes[0].text = "new"
    notes[0].save()
    assert Note.objects.for_person(nurse).get().text == "new"
