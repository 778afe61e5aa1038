"""The addresses of the web account."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("smartswitch.web.login.urls")),
    path("", include("smartswitch.web.brand.urls")),
    path("", include("smartswitch.web.dashboard.urls")),
    path("", include("smartswitch.web.calls.urls")),
    path("", include("smartswitch.web.search.urls")),
    path("", include("smartswitch.web.balances.urls")),
    path("", include("smartswitch.web.peers.urls")),
    path("", include("smartswitch.web.packs.urls")),
    path("", include("smartswitch.web.dealers.urls")),
    path("", include("smartswitch.web.rights.urls")),
    path("", include("smartswitch.web.nouns.urls")),
    path("", include("smartswitch.web.audit.urls")),
    path("", include("smartswitch.web.api.urls")),
]

handler403 = "smartswitch.web.ui.refusal_page.refused"
