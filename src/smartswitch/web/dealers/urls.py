"""The addresses of pages of dealers that are no noun's."""

from django.urls import path

from smartswitch.web.dealers import views

urlpatterns = [
    path("dealers/tree", views.tree, name="dealers-tree"),
    path("dealers/<int:pk>/branch", views.branch, name="dealers-branch"),
    path("dealers/<int:pk>/move", views.move, name="dealers-move"),
    path("dealers/<int:pk>/act-for", views.act_for, name="dealers-act-for"),
    path("act-for/stop", views.act_for_stop, name="act-for-stop"),
]
