"""Digest authentication: the vectors of the RFCs, and every door that plain digest leaves open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartswitch.core.digest import (
    NONCE_LIFETIME_MS,
    Algorithm,
    Credentials,
    DigestAccount,
    Malformed,
    NonceCounts,
    Verdict,
    challenge_headers,
    digest_hash,
    is_same_uri,
    make_ha1,
    make_nonce,
    parse_authorization,
    response_of,
    verify,
)

SECRET, REALM, SOURCE, NOW_MS = b"s" * 32, "example.com", "192.0.2.1", 1_767_614_400_000
URI = "sip:447911123456@example.com"
PASSWORD = "correct horse battery staple"
ACCOUNT = DigestAccount(
    "alice",
    REALM,
    make_ha1(Algorithm.MD5, username="alice", realm=REALM, password=PASSWORD),
    make_ha1(Algorithm.SHA_256, username="alice", realm=REALM, password=PASSWORD),
)
RFC_7616_NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
RFC_7616_CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        (Algorithm.MD5, "8ca523f5e9506fed4657c9700eebdbec"),
        (Algorithm.SHA_256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_example_of_rfc_7616(algorithm, response):
    ha1 = make_ha1(algorithm, username="Mufasa", realm="http-auth@example.org", password="Circle of Life")
    sent = Credentials(
        "Mufasa", "http-auth@example.org", RFC_7616_NONCE, "/dir/index.html", "", algorithm, RFC_7616_CNONCE, "00000001"
    )
    assert response_of(sent, ha1=ha1, method="GET") == response


def test_the_example_of_rfc_2617():
    ha1 = make_ha1(Algorithm.MD5, username="Mufasa", realm="testrealm@host.com", password="Circle Of Life")
    assert ha1 == "939e7578ed9e3c518a452acee763bce9"
    sent = Credentials(
        "Mufasa", "testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093", "/dir/index.html", "",
        Algorithm.MD5, "0a4f113b", "00000001",
    )  # fmt: skip
    assert response_of(sent, ha1=ha1, method="GET") == "6629fae49393a05397450978507c4ef1"


def test_a_header_is_read_in_any_order_and_spacing():
    header = (
        'digest  qop=auth,username = "al\\"ice" ,realm="example.com", nonce="n", uri="sip:x@y",'
        ' response="r" ,algorithm=sha-256, cnonce="c", nc=0000000A ,opaque="o", auth-param=1'
    )
    assert parse_authorization(header) == Credentials(
        'al"ice', "example.com", "n", "sip:x@y", "r", Algorithm.SHA_256, "c", "0000000A", "o"
    )


GOOD = 'Digest username="a", realm="r", nonce="n", uri="sip:x@y", response="z", cnonce="c", nc=00000001, qop=auth'


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("", "does not begin with Digest"),
        ("Basic YTpi", "does not begin with Digest"),
        ("Digest", "does not begin with Digest"),
        ("Digest " + "x" * 5000, "too long"),
        (GOOD.replace('username="a"', 'x="a"'), "lacks username"),
        (GOOD.replace('username="a"', 'username=""'), "lacks username"),
        (GOOD.replace(", qop=auth", ""), "lacks qop"),
        (GOOD.replace("nc=00000001", "nc=1"), "nc of 8 hexadecimal"),
        (GOOD.replace("nc=00000001", "nc=0000000١"), "nc of 8 hexadecimal"),
        (GOOD.replace("qop=auth", "qop=auth-int"), "needs qop=auth"),
        (GOOD + ', username="b"', "has username twice"),
        (GOOD + ", userhash=true", "userhash"),
        (GOOD + ", algorithm=MD5-sess", "algorithm that was not offered"),
        (GOOD + ", algorithm=SHA-512-256", "algorithm that was not offered"),
        (GOOD + ', opaque="', "cannot be read at character"),
        (GOOD.replace(", nonce", "; nonce"), "cannot be read at character"),
    ],
)
def test_a_header_that_cannot_be_used_is_refused_in_words(header, reason):
    refused = parse_authorization(header)
    assert isinstance(refused, Malformed)
    assert reason in refused.reason


class Phone:
    """Answers challenges as a correct phone does; every property can be spoilt."""

    def __init__(self, *, account=ACCOUNT, password=PASSWORD, source=SOURCE, at_ms=NOW_MS, counts=None):
        self.account, self.password, self.source, self.at_ms = account, password, source, at_ms
        self.counts = counts if counts is not None else NonceCounts()
        self.nonce = make_nonce(SECRET, realm=REALM, source=source, at_ms=at_ms, random=b"r" * 16)

    def header(self, *, nc=1, method="INVITE", uri=URI, algorithm=Algorithm.SHA_256, nonce=None, realm=REALM):
        bare = Credentials("alice", realm, nonce or self.nonce, uri, "", algorithm, "c", f"{nc:08x}")
        ha1 = make_ha1(algorithm, username="alice", realm=realm, password=self.password)
        response = response_of(bare, ha1=ha1, method=method)
        return (
            f'Digest username="alice", realm="{realm}", nonce="{bare.nonce}", uri="{uri}", response="{response}",'
            f' algorithm={algorithm.value}, cnonce="c", nc={bare.nc}, qop=auth'
        )

    def send(self, header, *, method="INVITE", request_uri=URI, source=None, later_ms=0):
        credentials = parse_authorization(header)
        assert isinstance(credentials, Credentials)
        return verify(
            credentials, self.account, method=method, request_uri=request_uri, source=source or self.source,
            at_ms=self.at_ms + later_ms, secret=SECRET, counts=self.counts,
        )  # fmt: skip


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_who_knows_the_password_comes_in_once(algorithm):
    phone = Phone()
    header = phone.header(algorithm=algorithm)
    assert phone.send(header) is Verdict.ACCEPTED
    assert phone.send(header) is Verdict.REPLAYED
    assert phone.send(phone.header(nc=2, algorithm=algorithm)) is Verdict.REPLAYED


def test_a_registration_may_use_a_nonce_again_with_a_rising_count():
    phone = Phone()

    def register(nc):
        return phone.send(phone.header(nc=nc, method="REGISTER"), method="REGISTER")

    assert [register(nc) for nc in (1, 2, 2, 5, 4, 6)] == [
        Verdict.ACCEPTED, Verdict.ACCEPTED, Verdict.REPLAYED, Verdict.ACCEPTED, Verdict.REPLAYED, Verdict.ACCEPTED,
    ]  # fmt: skip
    assert phone.send(phone.header(nc=7)) is Verdict.ACCEPTED
    assert register(8) is Verdict.REPLAYED


def test_a_count_of_zero_is_no_count():
    phone = Phone()
    assert phone.send(phone.header(nc=0)) is Verdict.REPLAYED


def test_a_nonce_is_bound_to_its_source_and_realm():
    phone = Phone()
    assert phone.send(phone.header(), source="192.0.2.2") is Verdict.FORGED_NONCE
    assert phone.send(phone.header(realm="other.example")) is Verdict.FORGED_NONCE
    assert phone.send(phone.header(nonce="0" * 76)) is Verdict.FORGED_NONCE
    assert phone.send(phone.header(nonce=phone.nonce.upper() + "0")) is Verdict.FORGED_NONCE
    assert len(phone.counts) == 0


def test_a_header_cannot_be_pointed_at_another_number():
    phone = Phone()
    assert phone.send(phone.header(), request_uri="sip:18005551234@example.com") is Verdict.OTHER_URI
    assert phone.send(phone.header(uri="sip:18005551234@example.com")) is Verdict.OTHER_URI
    assert phone.send(phone.header(), method="REGISTER") is Verdict.WRONG
    assert phone.send(phone.header()) is Verdict.ACCEPTED


def test_a_nonce_goes_stale_and_only_the_right_password_learns_it():
    phone = Phone()
    assert phone.send(phone.header(), later_ms=NONCE_LIFETIME_MS) is Verdict.STALE_NONCE
    assert phone.send(phone.header(), later_ms=-1) is Verdict.STALE_NONCE
    assert phone.send(phone.header(), later_ms=NONCE_LIFETIME_MS - 1) is Verdict.ACCEPTED
    assert Phone(password="guess").send(Phone(password="guess").header(), later_ms=NONCE_LIFETIME_MS) is Verdict.WRONG


def test_an_unknown_user_and_a_wrong_password_look_the_same():
    assert Phone(password="guess").send(Phone(password="guess").header()) is Verdict.WRONG
    assert Phone(account=None).send(Phone(account=None).header()) is Verdict.WRONG
    nobody = Phone(account=DigestAccount("alice", REALM))
    assert nobody.send(nobody.header()) is Verdict.WRONG
    empty = "0" * 64
    bare = Credentials("alice", REALM, nobody.nonce, URI, "", Algorithm.SHA_256, "c", "00000001")
    forged = nobody.header().replace(
        parse_authorization(nobody.header()).response, response_of(bare, ha1=empty, method="INVITE")
    )
    assert nobody.send(forged) is Verdict.WRONG


def test_an_account_of_sha_256_only_is_not_opened_by_md5():
    phone = Phone(account=DigestAccount("alice", REALM, None, ACCOUNT.ha1_sha256))
    assert phone.send(phone.header(algorithm=Algorithm.MD5)) is Verdict.WRONG
    assert phone.send(phone.header()) is Verdict.ACCEPTED


def test_another_name_or_realm_of_the_account_is_wrong():
    other = Phone(account=DigestAccount("alice2", REALM, ACCOUNT.ha1_md5, ACCOUNT.ha1_sha256))
    assert other.send(other.header()) is Verdict.WRONG


def test_a_full_memory_of_nonces_never_opens_a_replay():
    counts = NonceCounts(limit=2)
    phones = [Phone(at_ms=NOW_MS + place, counts=counts) for place in range(4)]
    headers = [phone.header() for phone in phones]
    assert [phone.send(header) for phone, header in zip(phones, headers, strict=True)] == [Verdict.ACCEPTED] * 4
    assert len(counts) == 2
    assert [phone.send(header) for phone, header in zip(phones, headers, strict=True)] == [
        Verdict.STALE_NONCE, Verdict.STALE_NONCE, Verdict.REPLAYED, Verdict.REPLAYED,
    ]  # fmt: skip


def test_which_verdicts_count_towards_a_ban():
    suspicious = {Verdict.FORGED_NONCE, Verdict.REPLAYED, Verdict.OTHER_URI, Verdict.WRONG}
    assert {verdict for verdict in Verdict if verdict.is_suspicious} == suspicious


@pytest.mark.parametrize(
    ("left", "right", "is_same"),
    [
        ("sip:a@h", "sip:a@h", True),
        ("SIP:a@H.Example", "sip:a@h.example", True),
        ("sip:%61@h", "sip:a@h", True),
        ("sip:a@h:5060", "sip:a@h", True),
        ("sip:a@h:5070", "sip:a@h", True),
        ("sip:a@h:5070", "sip:a@h:5080", False),
        ("sip:a@h;transport=tcp", "sip:a@h?x=y", True),
        ("sip:h", "sip:h", True),
        ("sip:[2001:db8::1]:5060", "sip:[2001:DB8::1]", True),
        ("sips:a@h:5061", "sip:a@h", True),
        ("sip:%ff@h", "sip:%fe@h", False),
        ("sip:A@h", "sip:a@h", False),
        ("sip:a@h", "sip:b@h", False),
        ("sip:a@h", "sip:a@i", False),
        ("sip:a@h", "sip:h", False),
        ("sip:a@b@h", "sip:a@b@h", False),
        ("tel:+44", "tel:+44", False),
        ("", "", False),
    ],
)
def test_when_two_uris_are_the_same(left, right, is_same):
    assert is_same_uri(left, right) == is_same
    assert is_same_uri(right, left) == is_same


def test_a_challenge_offers_sha_256_first():
    assert challenge_headers(401, realm=REALM, nonce="abc") == (
        'WWW-Authenticate: Digest realm="example.com", nonce="abc", algorithm=SHA-256, qop="auth"\r\n'
        'WWW-Authenticate: Digest realm="example.com", nonce="abc", algorithm=MD5, qop="auth"\r\n'
    )
    stale = challenge_headers(407, realm=REALM, nonce="abc", is_stale=True)
    assert stale.startswith("Proxy-Authenticate: ")
    assert stale.count(", stale=true\r\n") == 2


def test_a_challenge_cannot_be_split_by_its_realm():
    for realm in ('a"b', "a\r\nb", "a\\b"):
        with pytest.raises(ValueError, match="realm"):
            challenge_headers(401, realm=realm, nonce="abc")
    with pytest.raises(ValueError, match="401 or 407"):
        challenge_headers(400, realm=REALM, nonce="abc")
    with pytest.raises(ValueError, match="random bytes"):
        make_nonce(SECRET, realm=REALM, source=SOURCE, at_ms=NOW_MS, random=b"")


@given(st.text(max_size=200))
def test_no_header_breaks_the_reader(text):
    assert isinstance(parse_authorization(text), Malformed)
    assert isinstance(parse_authorization("Digest " + text), Credentials | Malformed)


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_uri_breaks_the_comparison(left, right):
    assert is_same_uri("sip:" + left, "sip:" + right) in (True, False)


def test_hashes_are_lower_case_hexadecimal():
    assert digest_hash(Algorithm.MD5, "") == "d41d8cd98f00b204e9800998ecf8427e"
    assert digest_hash(Algorithm.SHA_256, "").startswith("e3b0c442")
