"""Our conditions say what boto3's say, word for word."""

import re
import subprocess
import sys
from typing import Any

import pytest
from boto3.dynamodb import conditions as theirs

from chalicelib import conditions as ours
from chalicelib.records import Expressions, encode

CASES: list[str] = [
    "Key('PK').eq('P')",
    "Key('PK').eq('P') & Key('SK').begins_with('T#')",
    "Key('due').lt('2026') & Key('q').eq('QUEUE#maple')",
    "Key('due').gt('2026')",
    "Key('due').lte('2026')",
    "Key('due').between('0', '9')",
    "Attr('PK').not_exists()",
    "Attr('a').exists() & Attr('b').not_exists()",
    "Attr('a').ne('x')",
    "Attr('assignee.id').eq('x') | Attr('n').eq(7)",
    "(Attr('a').eq(True) | Attr('b').eq(['x', 1])) & Attr('a').eq({'c': 'd'}) & Attr('e').gt(2)",
]


def _resolved(text: str, names: dict[str, str], values: dict[str, Any]) -> str:
    """The expression with what its placeholders stand for."""
    return re.sub(r"[#:]\w+", lambda found: str(names.get(found[0], values.get(found[0]))), text)


@pytest.mark.parametrize("case", CASES)
def test_a_condition_reads_as_boto3_writes_it(case: str) -> None:
    built = theirs.ConditionExpressionBuilder().build_expression(
        eval(case, vars(theirs)),
        is_key_condition="Attr" not in case,
    )
    encoded = {name: encode(value) for name, value in built.attribute_value_placeholders.items()}
    wanted = _resolved(built.condition_expression, built.attribute_name_placeholders, encoded)
    expressions = Expressions()
    text = expressions.condition(eval(case, vars(ours)))
    assert _resolved(text, expressions.names, expressions.values) == wanted


def test_two_conditions_of_one_request_share_no_placeholder() -> None:
    expressions = Expressions()
    one = expressions.condition(ours.Key("PK").eq("P"))
    other = expressions.condition(ours.Attr("a").eq("b") & ours.Attr("c").exists())
    update = expressions.update({"d": 1}, ["e"], {"f": 2})
    used = re.findall(r"[#:]\w+", f"{one} {other} {update}")
    assert len(used) == len(set(used)) == len(expressions.names) + len(expressions.values)


def test_the_app_and_its_clients_load_no_boto3() -> None:
    code = (
        "import sys, app; from chalicelib import aws; from chalicelib.db import Db\n"
        "from chalicelib.storage import Storage\n"
        "Db.connect('t', 'us-east-1', None); Storage('b', region='us-east-1').client; aws.client('sns', 'us-east-1');"
        "print([name for name in sys.modules if name.split('.')[0] in ('boto3', 's3transfer')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
