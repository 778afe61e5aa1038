"""What the rules of the database ask for, in words: for refusals that no service foresaw.

A rule is known by the name of its constraint. Most names end alike, since most rules are alike (config/columns.py), and the
ends are told once. tests/web/test_refusal_words.py asks for every rule of the tables that people write to.
"""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from smartswitch.web.nouns.noun import Words

_FROM_ZERO = _("A number may not be less than zero.")
_ABOVE_ZERO = _("A number must be greater than zero.")
_OF_THE_LIST = _("A value is none of those that one can choose.")
_BACKWARDS = _("It would end before it begins.")

RULES: Mapping[str, Words] = {
    "api_key_secret_is_a_hash": _("A stored secret is damaged; make a new one."),
    "balance_call_limit": _("There are more live calls than this limit allows."),
    "balance_summed_kinds_do_not_run": _("Such a balance is only ever added up."),
    "balance_within_limit": _("More than that is owed or held already."),
    "billing_pack_tax_is_a_share": _("A tax is from 0 to 100 %."),
    "brand_logo_has_a_type_and_a_size": _("The picture cannot be read; choose another file."),
    "dealer_id_is_fixed": _("The number of a dealer never changes."),
    "dealer_is_not_its_own_parent": _("A dealer cannot stand below itself."),
    "dealer_only_the_owner_has_no_parent": _("Every dealer stands below another one; only the owner does not."),
    "dealer_path_ends_in_itself": _("A dealer cannot stand below itself."),
    "dealer_path_goes_through_its_parent": _("A dealer stands below its parent."),
    "dealer_tenant_is_at_the_top": _("A dealer stays in the house of its owner."),
    "dealer_tree_has_no_cycle": _("A dealer cannot stand below itself."),
    "exchange_rate_currencies_differ": _("A rate is between two different currencies."),
    "login_has_one_role_at_most": _("A login has one role at most."),
    "login_is_of_a_company_or_a_peer": _("A login is of a company or of a phone, not of both."),
    "login_username_is_well_formed": _("A user name has letters, digits and . _ @ + -, a letter or digit first."),
    "peer_digest_has_username_and_realm": _("A password needs a user name."),
    "peer_has_the_company_that_pays": _("There is no company that could pay; name one."),
    "peer_kind_is_fixed": _("What kind of peer it is cannot be changed; make a new one."),
    "price_past_is_fixed": _("A price that has been in force can only be ended."),
    "price_seconds_are_sensible": _("Seconds may not be less than zero, and an increment is at least one second."),
    "route_class_base_has_no_cycle": _("These routes would be built on themselves."),
    "route_class_is_not_its_own_base": _("These routes would be built on themselves."),
    "route_weight_is_a_percentage": _("A share is from 1 to 100."),
    "terminator_is_a_terminator": _("Only a terminator can have these settings."),
    "time_band_minutes_are_of_one_day": _("A time band ends on the day on which it begins, and after its beginning."),
    "time_band_weekdays_are_1_to_7": _("Weekdays go from Monday to Sunday."),
}
ENDS: tuple[tuple[str, Words], ...] = (
    ("_are_known", _OF_THE_LIST),
    ("_is_known", _OF_THE_LIST),
    ("_are_not_negative", _FROM_ZERO),
    ("_is_not_negative", _FROM_ZERO),
    ("_are_positive", _ABOVE_ZERO),
    ("_is_positive", _ABOVE_ZERO),
    ("_currency_is_a_currency", _("A currency is written as three capital letters, like USD.")),
    ("_is_digits", _("Only digits may stand there.")),
    ("_ends_after_it_starts", _BACKWARDS),
    ("_is_a_port", _("A port is from 1 to 65535.")),
    ("_is_short", _("A text is too long.")),
    ("_is_small", _("A file is too large.")),
    ("_is_given", _("A text is missing.")),
    ("_is_well_formed", _("A text is not written as it must be.")),
    ("_is_hexadecimal", _("A stored password is damaged; set a new one.")),
)


def rule_in_words(constraint: str | None) -> Words | None:
    """What the rule asks for, as a sentence; None of a rule for which there are no words."""
    name = constraint or ""
    return RULES.get(name) or next((words for end, words in ENDS if name.endswith(end)), None)
