"""Addresses of governance, under /pilotage/gouvernance/."""

from django.urls import URLPattern, path

from maillage.governance.pages import body_views, paper_views, sitting_views, training_views

app_name = "governance"
urlpatterns: list[URLPattern] = [
    path("", body_views.Bodies.as_view(), name="bodies"),
    path("<int:pk>/", body_views.BodyPage.as_view(), name="body"),
    path("seances/<int:pk>/", sitting_views.SittingPage.as_view(), name="sitting"),
    path("seances/<int:pk>/convocation.ics", sitting_views.InvitationFile.as_view(), name="invitation"),
    path("seances/<int:pk>/compte-rendu.pdf", sitting_views.MinutesPdf.as_view(), name="minutes_pdf"),
    path("seances/<int:pk>/compte-rendu.docx", paper_views.MinutesWord.as_view(), name="minutes_word"),
    path("seances/<int:pk>/emargement.pdf", paper_views.AttendanceSheet.as_view(), name="attendance_pdf"),
    path("formations/", training_views.Trainings.as_view(), name="trainings"),
    path("formations/<int:pk>/", training_views.TrainingPage.as_view(), name="training"),
]
