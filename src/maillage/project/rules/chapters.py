"""The chapters that a coordinator writes, in the order of the document; the rest of it comes from rows."""

CHAPTERS: tuple[str, ...] = (
    "summary_of_project",
    "perimeter_and_neighbours",
    "diagnosis_said",
    "needs_said",
    "organisation_of_members",
    "information_system",
    "evaluation_said",
    "letter_of_intent",
)
#: What comes after the project is sent, of which there is advice too.
STEPS: tuple[str, ...] = ("review_by_the_ars", "contract_and_start")
