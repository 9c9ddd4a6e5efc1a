"""Addresses of the space, under /espace/."""

from django.urls import path

from maillage.space.pages import booking

app_name = "space"
urlpatterns = [
    path("<int:pk>/rendez-vous/", booking.Appointments.as_view(), name="appointments"),
    path("<int:pk>/rendez-vous/prendre/", booking.Ask.as_view(), name="ask"),
    path("<int:pk>/rendez-vous/questions/<int:asked>/", booking.Answers.as_view(), name="answers"),
    path("<int:pk>/rendez-vous/heures/", booking.Slots.as_view(), name="slots"),
    path("<int:pk>/rendez-vous/heures/<int:slot>/", booking.Take.as_view(), name="take"),
    path("<int:pk>/rendez-vous/<int:appointment>/", booking.AppointmentPage.as_view(), name="appointment"),
]
