"""The addresses of all nouns. Ids are numbers, words are ours, so no key that somebody chooses can be taken for a page.

/companies  /companies/new  /companies/12  /companies/12/change  /companies/12/delete  /companies/12/tab/NAME
/packs/5/prices  /packs/5/prices/new  /prices/77/change  /prices/77/delete          (rows that stand in another row)
/addresses/7/move                                                                    (rows that have an order)
/suggest/packs?field=pack&pack=wh                                                    (for fields that name a thing)
"""

from django.urls import URLPattern, path

from smartswitch.web.nouns import views
from smartswitch.web.nouns.moving import move_view
from smartswitch.web.nouns.noun import Noun
from smartswitch.web.nouns.registry import load_nouns


def _patterns(noun: Noun) -> list[URLPattern]:
    name = noun.name
    if noun.parent is None:
        found = [path(name, views.list_view(noun), name=name)]
        if noun.has_page:
            found.append(path(f"{name}/<int:pk>", views.one_view(noun), name=f"{name}-one"))
        if noun.tabs:
            found.append(path(f"{name}/<int:pk>/tab/<slug:tab>", views.one_view(noun), name=f"{name}-tab"))
        if any(field.name == "key" for field in noun.model._meta.fields):
            found.append(path(f"suggest/{name}", views.suggestions_view(noun), name=f"{name}-suggest"))
    else:
        outer = noun.parent.noun
        found = [path(f"{outer}/<int:pk>/{name}", views.inner_list_view(noun, noun.parent), name=f"{name}-in")]
    if noun.add_form is not None:
        inside = name if noun.parent is None else f"{noun.parent.noun}/<int:pk>/{name}"
        found.append(path(f"{inside}/new", views.add_view(noun), name=f"{name}-new"))
    if noun.change_form is not None:
        found.append(path(f"{name}/<int:pk>/change", views.change_view(noun), name=f"{name}-change"))
    if noun.change_form is not None or noun.add_form is not None:
        found.append(path(f"{name}/<int:pk>/delete", views.delete_view(noun), name=f"{name}-delete"))
    if noun.is_ordered:
        found.append(path(f"{name}/<int:pk>/move", move_view(noun), name=f"{name}-move"))
    return found


urlpatterns = [pattern for noun in load_nouns().values() for pattern in _patterns(noun)]
