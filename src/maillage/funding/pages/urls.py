"""Addresses of the `funding` context, under /pilotage/financement/."""

from django.urls import URLPattern, path

from maillage.funding.pages import (
    budget_views,
    contract_views,
    ledger_views,
    overview,
    statement_views,
    time_views,
)

app_name = "funding"
urlpatterns: list[URLPattern] = [
    path("", overview.Overview.as_view(), name="index"),
    path("mes-indemnites/", statement_views.OwnPay.as_view(), name="own"),
    path("<int:place>/", overview.Overview.as_view(), name="overview"),
    path("<int:place>/contrats/nouveau/", contract_views.NewContract.as_view(), name="new_contract"),
    path("contrats/<int:pk>/", contract_views.ContractPage.as_view(), name="contract"),
    path("contrats/<int:pk>/mission/", contract_views.StartMission.as_view(), name="start_mission"),
    path("contrats/<int:pk>/montant/", contract_views.TypeAmount.as_view(), name="type_amount"),
    path("contrats/<int:pk>/echeance/", contract_views.AddInstalment.as_view(), name="add_instalment"),
    path("contrats/<int:pk>/versement/", contract_views.RecordReceipt.as_view(), name="record_receipt"),
    path("contrats/<int:pk>/fin/", contract_views.StopContract.as_view(), name="stop_contract"),
    path("<int:place>/temps/", time_views.Times.as_view(), name="times"),
    path("<int:place>/temps/valider/", time_views.ValidateTime.as_view(), name="validate_time"),
    path("<int:place>/temps/noter/", time_views.NoteTime.as_view(), name="note_time"),
    path("<int:place>/temps/bareme/", time_views.DecideRate.as_view(), name="decide_rate"),
    path("<int:place>/temps/plafond/", time_views.DecideCeiling.as_view(), name="decide_ceiling"),
    path("<int:place>/releves/", time_views.MakeStatement.as_view(), name="make_statement"),
    path("<int:place>/personne/<slug:kind>/<int:pk>/", statement_views.PersonPage.as_view(), name="person"),
    path("releves/<int:pk>/", statement_views.StatementPage.as_view(), name="statement"),
    path("releves/<int:pk>/releve.pdf", statement_views.StatementPdf.as_view(), name="statement_pdf"),
    path("releves/<int:pk>/etape/", statement_views.StatementStep.as_view(), name="statement_step"),
    path("releves/<int:pk>/paiement/", statement_views.Pay.as_view(), name="pay_statement"),
    path("<int:place>/comptes/", ledger_views.Ledger.as_view(), name="ledger"),
    path("<int:place>/comptes/cloture/", ledger_views.ClosePeriod.as_view(), name="close_period"),
    path("ecritures/<int:pk>/annuler/", ledger_views.ReverseOperation.as_view(), name="reverse_operation"),
    path("<int:place>/budget/", budget_views.SetBudget.as_view(), name="set_budget"),
    path("<int:place>/engagement/", budget_views.Engage.as_view(), name="engage"),
    path("<int:place>/engagement/abandon/", budget_views.DropCommitment.as_view(), name="drop_commitment"),
    path("<int:place>/facture/", budget_views.RecordInvoice.as_view(), name="record_invoice"),
    path("factures/<int:pk>/paiement/", budget_views.PayInvoice.as_view(), name="pay_invoice"),
]
