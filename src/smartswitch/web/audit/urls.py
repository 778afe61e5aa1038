"""The addresses of the audit, and of the history of every row that has a page: /companies/12/history."""

from django.urls import path

from smartswitch.web.audit import views
from smartswitch.web.audit.history import has_history
from smartswitch.web.nouns.registry import load_nouns

urlpatterns = [
    path("audit", views.timeline, name="audit"),
    path("audit/<int:entry_id>", views.change, name="audit-change"),
    path("audit/<int:entry_id>/undo", views.undo_change, name="audit-undo"),
    *(
        path(f"{noun.name}/<int:pk>/{views.HISTORY}", views.history_view(noun), name=f"{noun.name}-{views.HISTORY}")
        for noun in load_nouns().values()
        if has_history(noun)
    ),
]
