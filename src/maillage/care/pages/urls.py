"""Addresses of the `care` context, under /soins/."""

from django.urls import URLPattern, path

from maillage.care.pages import (
    event_views,
    home_views,
    measure_views,
    meeting_documents,
    meeting_item_views,
    meeting_views,
    network_views,
    own_questionnaire_views,
    plan_views,
    questionnaire_views,
    recall_views,
    task_views,
)

app_name = "care"
urlpatterns: list[URLPattern] = [
    path("taches/", task_views.Tasks.as_view(), name="tasks"),
    path("taches/<int:pk>/", task_views.TaskPage.as_view(), name="task"),
    path("taches/<int:pk>/faire/", task_views.Close.as_view(), name="close_task"),
    path("taches/<int:pk>/annuler/", task_views.Cancel.as_view(), name="cancel_task"),
    path("taches/<int:pk>/transmettre/", task_views.Transfer.as_view(), name="transfer_task"),
    path("patients/<int:pk>/plan/", plan_views.PlanPage.as_view(), name="plan"),
    path("patients/<int:pk>/plan/ecrire/", plan_views.PlanEdit.as_view(), name="plan_edit"),
    path("patients/<int:pk>/plan/reunir/<int:number>/", plan_views.PlanMerge.as_view(), name="plan_merge"),
    path("patients/<int:pk>/plan/versions/", plan_views.PlanCompare.as_view(), name="plan_compare"),
    path("patients/<int:pk>/plan/accord/", plan_views.PlanConsented.as_view(), name="plan_consent"),
    path("patients/<int:pk>/plan/souhaits/", plan_views.OwnWishes.as_view(), name="plan_wishes"),
    path("patients/<int:pk>/plan/plan.pdf", plan_views.PlanPdf.as_view(), name="plan_pdf"),
    path("patients/<int:pk>/plan/plan-simple.pdf", plan_views.PlainPlanPdf.as_view(), name="plain_plan_pdf"),
    path(
        "patients/<int:pk>/questionnaires/",
        questionnaire_views.Questionnaires.as_view(),
        name="questionnaires",
    ),
    path(
        "patients/<int:pk>/questionnaires/<int:asked>/",
        questionnaire_views.QuestionnairePage.as_view(),
        name="questionnaire",
    ),
    path(
        "patients/<int:pk>/questionnaires/<int:asked>/questionnaire.pdf",
        questionnaire_views.QuestionnairePaper.as_view(),
        name="questionnaire_pdf",
    ),
    path("questionnaires/", own_questionnaire_views.OwnQuestionnaires.as_view(), name="own_questionnaires"),
    path(
        "questionnaires/<int:asked>/",
        own_questionnaire_views.OwnQuestionnaire.as_view(),
        name="own_questionnaire",
    ),
    path("ehpad/", home_views.Residents.as_view(), name="residents"),
    path("ehpad/entree/", home_views.Admission.as_view(), name="admission"),
    path("ehpad/sejours/<int:pk>/", home_views.StayChange.as_view(), name="stay"),
    path("ehpad/transferts/", event_views.Transfers.as_view(), name="transfers"),
    path("ehpad/evenements/<int:pk>/", event_views.Event.as_view(), name="event"),
    path("ehpad/evenements/<int:pk>/liaison.pdf", event_views.TransferSheet.as_view(), name="transfer_pdf"),
    path("ehpad/cahiers/", home_views.Booklets.as_view(), name="booklets"),
    path("ehpad/cahiers/<int:pk>.pdf", home_views.BookletFile.as_view(), name="booklet"),
    path("residents/<int:pk>/fiche/", home_views.Card.as_view(), name="card"),
    path("residents/<int:pk>/fiche/completer/", home_views.CardChange.as_view(), name="card_change"),
    path("residents/<int:pk>/fiche.pdf", home_views.CardPdf.as_view(), name="card_pdf"),
    path("residents/<int:pk>/aggir/", home_views.Aggir.as_view(), name="aggir"),
    path("residents/<int:pk>/ca-ne-va-pas/", event_views.NewEvent.as_view(), name="new_event"),
    path("patients/<int:pk>/mesures/", measure_views.Measures.as_view(), name="measures"),
    path(
        "patients/<int:pk>/mesures/<int:measure>/corriger/",
        measure_views.Correct.as_view(),
        name="correct_measure",
    ),
    path("patients/<int:pk>/alertes/ecrire/", measure_views.WriteRule.as_view(), name="write_rule"),
    path("patients/<int:pk>/alertes/<int:rule>/", measure_views.RulePage.as_view(), name="alert_rule"),
    path("filieres/", network_views.Networks.as_view(), name="networks"),
    path("patients/<int:pk>/parcours/", network_views.Pathways.as_view(), name="pathways"),
    path("a-rappeler/", recall_views.Recalls.as_view(), name="recalls"),
    path("patients/<int:pk>/suivi/", recall_views.FollowUp.as_view(), name="follow_up"),
    path("patients/<int:pk>/suivi/<int:recall>/", recall_views.RecallPage.as_view(), name="recall"),
    path("reunions/", meeting_views.Meetings.as_view(), name="meetings"),
    path("reunions/<int:pk>/", meeting_views.MeetingPage.as_view(), name="meeting"),
    path("reunions/<int:pk>/points/<int:item>/", meeting_item_views.ItemPage.as_view(), name="meeting_item"),
    path(
        "reunions/<int:pk>/compte-rendu.pdf", meeting_documents.MinutesPdf.as_view(), name="meeting_minutes"
    ),
    path("reunions/<int:pk>/invitation.ics", meeting_documents.Invitation.as_view(), name="meeting_calendar"),
]
