"""Addresses of the space, under /espace/."""

from django.urls import path

from maillage.space.pages import booking, education, entry, home, inviting

app_name = "space"
urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("entrer/", entry.ask, name="enter"),
    path("entrer/code/", entry.code, name="code"),
    path("i/<slug:token>/", entry.invitation, name="invitation"),
    path("inviter/<int:pk>/", inviting.Invite.as_view(), name="invite"),
    path("invitations/<int:entry>.pdf", inviting.InvitationPaper.as_view(), name="invitation_paper"),
    path("lettres/<int:letter>.pdf", home.LetterPage.as_view(), name="letter"),
    path("<int:pk>/lettre/", home.OwnLetter.as_view(), name="own_letter"),
    path("<int:pk>/seances/", education.Sessions.as_view(), name="education"),
    path("<int:pk>/papiers/", home.Documents.as_view(), name="documents"),
    path("<int:pk>/rendez-vous/", booking.Appointments.as_view(), name="appointments"),
    path("<int:pk>/rendez-vous/prendre/", booking.Ask.as_view(), name="ask"),
    path("<int:pk>/rendez-vous/questions/<int:asked>/", booking.Answers.as_view(), name="answers"),
    path("<int:pk>/rendez-vous/heures/", booking.Slots.as_view(), name="slots"),
    path("<int:pk>/rendez-vous/heures/<int:slot>/", booking.Take.as_view(), name="take"),
    path("<int:pk>/rendez-vous/<int:appointment>/", booking.AppointmentPage.as_view(), name="appointment"),
]
