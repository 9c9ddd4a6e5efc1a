"""Each verb that an action writes in the journal has its words: no key is ever read on its page."""

import ast
import re
from pathlib import Path

import maillage
from maillage.kernel.wording import verbs
from tools.catalogues import CONTEXTS

PACKAGE = Path(maillage.__file__).parent
VERB = re.compile(rf"({'|'.join(CONTEXTS)})\.[a-z_0-9]+")
#: Calls whose texts of that shape are topics, rules or keys of blocks, not verbs.
OF_TOPICS = frozenset({"Block", "publish", "publish_all", "handles", "rule", "Message", "Withdrawal"})
#: The topic that one function publishes for every verb of the desk.
TOPICS = frozenset({"orientation.changed"})


def written_verbs(source: str) -> set[str]:
    """Return the verbs that a module writes."""
    tree = ast.parse(source)
    given = [one for call in ast.walk(tree) if _is_of_topics(call) for one in ast.walk(call)]
    names = {one.id for one in given if isinstance(one, ast.Name)}
    given += [one for line in tree.body if _assigns(line, names) for one in ast.walk(line)]
    aside = {id(one) for one in given}
    texts = (one for one in ast.walk(tree) if isinstance(one, ast.Constant) and id(one) not in aside)
    return {str(one.value) for one in texts if isinstance(one.value, str) and VERB.fullmatch(one.value)}


def _is_of_topics(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in OF_TOPICS


def _assigns(line: ast.stmt, names: set[str]) -> bool:
    """Return whether a line of a module gives a value to one of `names`."""
    if not isinstance(line, ast.Assign):
        return False
    return any(isinstance(one, ast.Name) and one.id in names for one in ast.walk(line))


def test_each_verb_written_has_its_words() -> None:
    modules = [*PACKAGE.glob("*/actions/*.py"), *(PACKAGE / "kernel").glob("*.py")]
    written = set().union(*(written_verbs(one.read_text()) for one in modules)) - TOPICS
    assert len(written) > 60
    assert sorted(written - set(verbs())) == []


def test_a_verb_is_found_and_a_topic_is_left() -> None:
    source = (
        'GONE = "roster.gone"\nrecord(verb="agenda.moved")\npublish("agenda.left")\npublish(GONE)\n'
        '_tell(by, row, "people.seen")'
    )
    assert written_verbs(source) == {"agenda.moved", "people.seen"}
