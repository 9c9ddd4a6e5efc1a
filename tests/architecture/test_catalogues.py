"""Every text of a screen has its English, one everywhere, with the same placeholders."""

from pathlib import Path

import polib
import pytest
from django.utils import translation

from maillage.kernel.contributions import entries
from tools import catalogues


@pytest.mark.parametrize("context", catalogues.CONTEXTS)
def test_the_english_catalogue_is_complete(context: str) -> None:
    assert catalogues.problems(context) == []


def test_one_french_has_one_english_in_all_contexts() -> None:
    books = {name: polib.pofile(str(catalogues.catalogue_path(name))) for name in catalogues.CONTEXTS}
    assert catalogues.contradictions(books) == []


def said(french: str, english: str, context: str | None = None) -> polib.POEntry:
    return polib.POEntry(msgid=french, msgstr=english, msgctxt=context)


def counted(one: str, several: str, *english: str) -> polib.POEntry:
    return polib.POEntry(msgid=one, msgid_plural=several, msgstr_plural=dict(enumerate(english)))


def test_two_english_for_one_french_are_refused_with_their_contexts() -> None:
    books = {
        "roster": [said("Tableau", "Roster"), said("Nuit", "Night")],
        "web": [said("Tableau", "Table"), said("Nuit", "Night")],
        "care": [said("Tableau", "Table")],
    }
    (line,) = catalogues.contradictions(books)
    assert "« Tableau » is said “Roster” in roster, “Table” in web and care" in line
    assert "pgettext" in line


def test_a_homonym_with_a_context_is_no_contradiction_but_has_one_english_itself() -> None:
    apart = {"roster": [said("Tableau", "Roster")], "web": [said("Tableau", "Table", "de chiffres")]}
    assert catalogues.contradictions(apart) == []
    (line,) = catalogues.contradictions({**apart, "care": [said("Tableau", "Chart", "de chiffres")]})
    assert "« Tableau » (context « de chiffres ») is said “Table” in web, “Chart” in care" in line


def test_what_is_counted_has_one_singular_and_one_plural() -> None:
    here = counted("{n} ligne", "{n} lignes", "{n} row", "{n} rows")
    assert catalogues.contradictions({"web": [here], "people": [here, said("ligne", "line")]}) == []
    other = counted("{n} ligne", "{n} lignes", "{n} row", "{n} lines")
    (line,) = catalogues.contradictions({"web": [here], "people": [other]})
    assert "“{n} lignes → {n} rows” in web, “{n} lignes → {n} lines” in people" in line
    (line,) = catalogues.contradictions({"web": [here], "people": [said("{n} ligne", "{n} line")]})
    assert "“{n} row” in web, “{n} line” in people" in line
    french = counted("{n} ligne", "{n} de lignes", "{n} row", "{n} rows")
    assert len(catalogues.contradictions({"web": [here], "people": [french]})) == 1


def test_what_is_not_translated_yet_or_any_more_contradicts_nothing() -> None:
    gone = said("Tableau", "Table")
    gone.obsolete = True
    books = {"roster": [said("Tableau", "Roster")], "web": [gone], "care": [said("Tableau", "")]}
    assert catalogues.contradictions(books) == []


def test_a_context_is_read_in_python_and_in_templates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "garden" / "templates").mkdir(parents=True)
    (tmp_path / "garden" / "beds.py").write_text(
        "from django.utils.translation import npgettext, pgettext as said, pgettext_lazy\n"
        'one = said("un outil", "Serre")\n'
        'two = pgettext_lazy("un oiseau", "Serre")\n'
        'three = npgettext("un outil", "{n} pelle", "{n} pelles", 3)\n'
    )
    (tmp_path / "garden" / "templates" / "bed.html").write_text(
        '{% load i18n %}{% translate "Rang" context "de salades" as row %}<i title="{% translate "Rang" %}">'
        '{% blocktranslate with name=one context "à un outil" %}Donner {{ name }}{% endblocktranslate %}'
        '{% blocktranslate count n=n context "de salades" %}{{ n }} rang{% plural %}{{ n }} rangs'
        "{% endblocktranslate %}"
    )
    monkeypatch.setattr(catalogues, "PACKAGE", tmp_path)
    found = {(one.context, one.msgid, one.plural) for one in catalogues.messages("garden")}
    assert found == {
        ("un outil", "Serre", ""),
        ("un oiseau", "Serre", ""),
        ("un outil", "{n} pelle", "{n} pelles"),
        ("de salades", "Rang", ""),
        ("", "Rang", ""),
        ("à un outil", "Donner %(name)s", ""),
        ("de salades", "%(n)s rang", "%(n)s rangs"),
    }


def test_what_another_context_says_in_english_is_said_so_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, source in (("garden", '_("Serre")\n_("Rang")\n'), ("shed", '_("Serre")\n_("Pelle")\n')):
        (tmp_path / name).mkdir()
        (tmp_path / name / "beds.py").write_text(source)
    monkeypatch.setattr(catalogues, "PACKAGE", tmp_path)
    monkeypatch.setattr(catalogues, "CONTEXTS", ["garden", "shed"])
    assert catalogues.update("garden") == (2, 2)
    assert catalogues.update("shed") == (2, 2)
    book = polib.pofile(str(catalogues.catalogue_path("garden")))
    for entry in book:
        entry.msgstr = {"Serre": "Greenhouse", "Rang": "Row"}[entry.msgid]
    book.save()
    assert catalogues.update("shed") == (2, 1)
    written = polib.pofile(str(catalogues.catalogue_path("shed")))
    assert {one.msgid: one.msgstr for one in written} == {"Serre": "Greenhouse", "Pelle": ""}
    assert catalogues.problems("shed") == ["shed/beds.py: « Pelle » has no English"]


def test_a_text_counted_and_not_counted_keeps_its_plural(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "garden").mkdir()
    (tmp_path / "garden" / "beds.py").write_text('_("une pelle")\nngettext("une pelle", "des pelles", 3)\n')
    monkeypatch.setattr(catalogues, "PACKAGE", tmp_path)
    assert [(one.msgid, one.plural) for one in catalogues.messages("garden")] == [("une pelle", "des pelles")]


def test_a_text_is_found_whatever_its_function_is_called_in_a_module() -> None:
    found = {one.msgid for context in catalogues.CONTEXTS for one in catalogues.messages(context)}
    purposes = {str(entry.purpose) for entry in entries()}
    assert len(purposes) > 10
    assert purposes - found == set()


def test_the_doors_are_said_in_english() -> None:
    with translation.override("fr"):
        french = {entry.url_name: (str(entry.label), str(entry.purpose)) for entry in entries()}
    with translation.override("en"):
        english = {entry.url_name: (str(entry.label), str(entry.purpose)) for entry in entries()}
    assert [name for name, (_label, purpose) in english.items() if purpose == french[name][1]] == []
