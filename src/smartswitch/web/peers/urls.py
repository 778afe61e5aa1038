"""The addresses of peers that are not those of every noun."""

from django.urls import path

from smartswitch.web.peers import views

urlpatterns = [
    path("peers/<int:pk>/block", views.block, name="peers-block"),
    path("peers/<int:pk>/password", views.password, name="peers-password"),
    path("peers/<int:pk>/try", views.trial, name="peers-try"),
    path("terminators/<int:pk>/try", views.trial, {"name": "terminators"}, name="terminators-try"),
]
