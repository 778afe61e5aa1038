"""`smartswitch rate`: the public contract, row by row, and what it refuses."""

import csv
import io
import json
from fractions import Fraction

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smartswitch.cli.rate import format_exact, rate

PRICES = "code,price\n44,0.06\n"


@pytest.fixture
def run(tmp_path):
    """Write both files, run the command, give (exit status, stdout, stderr)."""

    def run_rate(prices, calls, *options):
        for name, content in (("prices.csv", prices), ("calls.csv", calls)):
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        arguments = ["--prices", str(tmp_path / "prices.csv"), "--calls", str(tmp_path / "calls.csv"), *options]
        result = CliRunner().invoke(rate, arguments)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.stdout, result.stderr

    return run_rate


def one(run, prices, seconds, *options, number="447911123456", at="2026-01-05T12:00:00Z"):
    """Price one call; give (code, billed_s, cost, error)."""
    status, output, errors = run(prices, f"id,number,seconds,at\nc1,{number},{seconds},{at}\n", *options)
    assert (status, errors) == (0, "")
    (row,) = csv.DictReader(io.StringIO(output))
    assert row["id"] == "c1"
    return row["code"], row["billed_s"], row["cost"], row["error"]


@pytest.mark.parametrize(
    ("columns", "values", "increment_from", "seconds", "billed_s"),
    [
        ("min,increment", "25,8", "first-block", "26", "33"),
        ("min,increment", "25,8", "zero", "26", "32"),
        ("min,increment", "10,30", "zero", "5", "30"),
        ("min,increment", "10,30", "first-block", "5", "10"),
        ("min,increment", ",", "first-block", "59.000001", "60"),
        ("min,increment,free", "30,6,60", "first-block", "90", "30"),
        ("min,increment,free", "30,6,60", "first-block", "91", "36"),
        ("grace,min", "5,60", "first-block", "5", "0"),
        ("grace,min", "5,60", "first-block", "5.1", "60"),
        ("min,increment", "60,60", "zero", "0", "0"),
    ],
)
def test_charged_seconds(run, columns, values, increment_from, seconds, billed_s):
    prices = f"code,price,{columns}\n44,0.60,{values}\n"
    expected_cost = format_exact(int(billed_s) * 6, decimals=1)
    result = one(run, prices, seconds, "--increment-from", increment_from)
    assert result == ("44", billed_s, expected_cost, "")


@pytest.mark.parametrize(
    ("prices", "seconds", "cost"),
    [
        ("code,price,first_price,connect_fee,min\n44,0.06,0.12,0.1,30\n", 60, "0.19"),
        ("code,price\n44,0.000000000000000000123456\n", 60, "0.000000000000000000123456"),
        ("code,price\n44,0.01\n", 1, "0.00016666666666666667"),
        ("code,price\n44,-0.01\n", 1, "-0.00016666666666666667"),
        ("code,price\n44,100\n", 60, "100"),
        ("code,price\n44,-0\n", 60, "0"),
        ("code,price\n44,-1.50\n", 60, "-1.5"),
        ("code,price,connect_fee\n44,0,-0.5\n", 60, "-0.5"),
        ("code,price\n44,123456789012345678901234567890.5\n", 60, "123456789012345678901234567890.5"),
    ],
)
def test_the_cost_is_exact_without_needless_zeros(run, prices, seconds, cost):
    assert one(run, prices, seconds)[2] == cost


@pytest.mark.parametrize(
    ("price", "rounding", "cost"),
    [
        ("0.025", "half-up", "0.03"),
        ("0.025", "half-even", "0.02"),
        ("0.035", "half-even", "0.04"),
        ("0.0201", "up", "0.03"),
        ("0.0299", "down", "0.02"),
        ("-0.025", "half-up", "-0.03"),
        ("-0.025", "half-even", "-0.02"),
        ("-0.0201", "up", "-0.03"),
        ("-0.0299", "down", "-0.02"),
        ("-0.001", "half-up", "0.00"),
        ("7", "half-up", "7.00"),
    ],
)
def test_the_cost_is_rounded_once_as_decimals_are(run, price, rounding, cost):
    assert one(run, f"code,price\n44,{price}\n", 60, "--decimals", "2", "--rounding", rounding)[2] == cost


def test_no_decimals_is_a_whole_number(run):
    assert one(run, "code,price\n44,2.5\n", 60, "--decimals", "0")[2] == "3"


def test_the_longest_code_wins_and_a_plus_sign_is_no_digit(run):
    prices = "code,price\n44,1\n4479,2\n7,3\n"
    assert one(run, prices, 60, number="+447911123456")[0] == "4479"
    assert one(run, prices, 60, number="447811123456")[0] == "44"
    assert one(run, prices, 60, number="44")[0] == "44"


def test_among_equal_codes_the_newest_in_force_at_the_start_wins(run):
    prices = (
        "code,price,valid_from,valid_to\n"
        "44,1,,\n"
        "44,2,2026-01-01,\n"
        "44,3,2026-02-01T00:00:00+01:00,2026-03-01\n"
        "4479,9,2027-01-01,\n"
    )
    for at, cost in (
        ("2025-12-31T23:59:59Z", "1"),
        ("2026-01-01", "2"),
        ("2026-01-31T22:59:59.999Z", "2"),
        ("2026-01-31T23:00:00Z", "3"),
        ("2026-02-28T23:59:59", "3"),
        ("2026-03-01T00:00:00Z", "2"),
    ):
        assert one(run, prices, 60, at=at) == ("44", "60", cost, ""), at


def test_without_a_time_a_call_is_priced_now(run):
    prices = "code,price,valid_from,valid_to\n44,1,2000-01-01,9999-01-01\n44,2,9999-01-01,\n"
    assert run(prices, "id,number,seconds\nc1,4479,60\n")[1] == "id,code,billed_s,cost,error\nc1,44,60,1,\n"


def test_a_number_without_a_price_is_never_free(run):
    assert one(run, PRICES, 60, number="33123456789") == ("", "", "", "no_price")
    assert one(run, "code,price\n", 60) == ("", "", "", "no_price")


def test_results_keep_the_order_and_the_names_of_the_calls(run):
    calls = 'seconds,id,number\n60,"a,b",4479\n30,c2,331\n60,"a,b",44\n'
    assert run(PRICES, calls) == (
        0,
        'id,code,billed_s,cost,error\n"a,b",44,60,0.06,\nc2,,,,no_price\n"a,b",44,60,0.06,\n',
        "",
    )


def test_json_is_a_list_of_objects(run):
    status, output, _ = run(PRICES, "id,number,seconds\nc1,4479,60\nc2,331,60\n", "--json")
    assert status == 0
    assert json.loads(output) == [
        {"id": "c1", "code": "44", "billed_s": 60, "cost": "0.06", "error": None},
        {"id": "c2", "code": None, "billed_s": None, "cost": None, "error": "no_price"},
    ]
    assert json.loads(run(PRICES, "id,number,seconds\n", "--json")[1]) == []


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(run):
    status, output, _ = run(
        b"\xef\xbb\xbfcode , price\r\n 44 , 0.06 \r\n\r\n", b"\xef\xbb\xbfid,number,seconds\r\nc1,4479,60\r\n"
    )
    assert (status, output) == (0, "id,code,billed_s,cost,error\nc1,44,60,0.06,\n")


BAD_PRICES = [
    ("code,price\n44,0.06\n4A,0.06\n", "prices.csv, line 3: column code: '4A' is not a code"),
    ("code,price\n2O7,0.06\n", "write a zero for the letter O"),
    ("code,price\n,0.06\n", "it is empty"),
    ("code,price\n+44,0.06\n", "without a plus sign"),
    ("code,price\n1234567890123456,1\n", "column code: '1234567890123456' has 16 digits"),
    ("code,price\n٤٤,1\n", "is not a code"),
    ("code,price\n44,\n", "column price: '' is not a decimal number: it is empty"),
    ('code,price\n44,"0,06"\n', "write a point, not a comma"),
    ("code,price\n44,1e3\n", "without an exponent"),
    ("code,price\n44,NaN\n", "column price: 'NaN' is not a decimal number"),
    ("code,price\n44,0.O6\n", "the letter O"),
    ("code,price,connect_fee\n44,1,free\n", "column connect_fee: 'free' is not a decimal number"),
    ("code,price,first_price\n44,1,$1\n", "column first_price:"),
    ("code,price,increment\n44,1,0\n", "column increment: an increment is at least 1 second"),
    ("code,price,min\n44,1,-1\n", "column min: '-1' is not a whole number of seconds"),
    ("code,price,free\n44,1,1.5\n", "column free: '1.5' is not a whole number"),
    ("code,price,grace\n44,1,x\n", "column grace: 'x' is not a whole number"),
    ("code,price,valid_from\n44,1,yesterday\n", "column valid_from: 'yesterday' is not a time in ISO 8601"),
    ("code,price,valid_from\n44,1,2026-02-30\n", "is not a time"),
    ("code,price,valid_from,valid_to\n44,1,2026-01-02,2026-01-02\n", "column valid_to: is not after valid_from"),
    ("code,price\n44,1\n45,1\n44,2\n", "line 4: column code: code 44 already has a price from that moment in line 2"),
    ("code,price,valid_from\n44,1,2026-01-01\n44,2,2026-01-01T01:00:00+01:00\n", "in line 2"),
    ("code,price\n44\n", "line 2: has 1 cells, but the header has 2"),
    ("code,price\n44,0,06\n", "line 2: has 3 cells, but the header has 2"),
    ("code\n44\n", "line 1: column price: is missing"),
    ("code,price,code\n44,1,45\n", "line 1: column code: occurs twice"),
    ("code,prise\n44,1\n", "did you mean price?"),
    ("code,price,\n44,1,\n", "line 1: column number 3: is unknown"),
    ("code;price\n44;1\n", "separate the columns by commas"),
    ("", "needs a header with the columns code, price"),
    ('code,price\n44,"1\n45,2\n', "is not CSV"),
    (b"code,price\n44,1\xff\n", "bytes that are not UTF-8"),
]


@pytest.mark.parametrize(("prices", "message"), BAD_PRICES)
def test_a_bad_price_list_is_named_by_its_place_and_prints_nothing(run, prices, message):
    status, output, errors = run(prices, "id,number,seconds\nc1,4479,60\n")
    assert (status, output) == (2, "")
    assert message in errors
    assert errors.startswith("prices.csv, line ")
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("c1,0x44,60,", "column number: '0x44' is not a number"),
        ("c1,,60,", "column number:"),
        ("c1,44 79,60,", "column number:"),
        ("c1,++4479,60,", "column number:"),
        ("c1,٤٤79,60,", "column number:"),
        ("c1,1234567890123456,60,", "column number:"),
        ("c1,4479,,", "column seconds: '' is not a decimal number: it is empty"),
        ("c1,4479,-1,", "column seconds: '-1' is not a length of call"),
        ("c1,4479,-0.5,", "column seconds:"),
        ("c1,4479,1e3,", "without an exponent"),
        ("c1,4479,1:00,", "column seconds:"),
        ("c1,4479,60,soon", "column at: 'soon' is not a time"),
        (",4479,60,", "column id: is empty"),
    ],
)
def test_a_bad_call_is_named_by_its_place_and_prints_nothing(run, row, message):
    status, output, errors = run(PRICES, f"id,number,seconds,at\nok,4479,60,\n{row}\n")
    assert (status, output) == (2, "")
    assert errors.startswith("calls.csv, line 3: ")
    assert message in errors


def test_every_mistake_of_both_files_is_told_at_once(run):
    status, output, errors = run(
        "code,price,min\n44,x,y\n4a,1,1\n45,1,1\n", "id,number,seconds\nc1,a,b\nc2,44,60\n,44,60\n", "--json"
    )
    assert (status, output) == (2, "")
    assert [line.split(": ")[:2] for line in errors.splitlines()] == [
        ["prices.csv, line 2", "column price"],
        ["prices.csv, line 2", "column min"],
        ["prices.csv, line 3", "column code"],
        ["calls.csv, line 2", "column number"],
        ["calls.csv, line 2", "column seconds"],
        ["calls.csv, line 4", "column id"],
    ]


def test_a_row_over_two_lines_is_named_by_its_first_line(run):
    status, _, errors = run(PRICES, 'id,number,seconds\n"a\nb",44,60\n"c\nd",44,x\n')
    assert status == 2
    assert errors.startswith("calls.csv, line 4: column seconds")


def test_a_missing_file_is_an_error_of_use(run, tmp_path):
    result = CliRunner().invoke(rate, ["--prices", str(tmp_path / "none.csv"), "--calls", str(tmp_path / "none.csv")])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "does not exist" in result.stderr


@given(
    prices=st.dictionaries(st.from_regex(r"[1-4]{1,4}", fullmatch=True), st.decimals(-9, 9, places=5), max_size=9),
    numbers=st.lists(st.from_regex(r"[1-4]{1,6}", fullmatch=True), max_size=9),
    seconds=st.integers(0, 1000),
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_prices_agree_with_the_obvious_reading(run, prices, numbers, seconds):
    price_file = "code,price\n" + "".join(f"{code},{price:f}\n" for code, price in prices.items())
    call_file = "id,number,seconds\n" + "".join(f"{number},{number},{seconds}\n" for number in numbers)
    status, output, _ = run(price_file, call_file)
    assert status == 0
    for row in csv.DictReader(io.StringIO(output)):
        codes = [code for code in prices if row["id"].startswith(code)]
        if not codes:
            assert row["error"] == "no_price"
            continue
        code = max(codes, key=len)
        assert row["code"] == code
        exact = Fraction(prices[code]) * seconds / 60
        assert abs(Fraction(row["cost"]) - exact) <= Fraction(1, 2 * 10**20)
        assert "e" not in row["cost"].lower()
