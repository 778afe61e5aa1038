"""The words of hunting: its metrics and modes, with what each means."""

from django.utils.translation import gettext_lazy as _

METRICS = (
    ("price", _("price"), _("the cheapest for the owner first.")),
    ("priority", _("priority"), _("the lowest number first.")),
    ("code_length", _("code length"), _("the longest code, the most specific route, first.")),
    ("asr", _("ASR"), _("where the most calls are answered first.")),
    ("acd", _("ACD"), _("where people talk the longest first.")),
    ("random", _("random"), _("by chance.")),
)
METRIC_LABELS = {name: label for name, label, _meaning in METRICS}
MODES = (("strict", _("strict")), ("rounded", _("rounded")))
