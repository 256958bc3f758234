"""Each function has what it needs and nothing else: with its policy the journey passes, and without any one grant
of it a request of the journey is refused."""

import re

import pytest

from tests.deployed import policies
from tests.deployed.cloud import Cloud, for_engine, make_client, make_user
from tests.deployed.iam import Ask, Sent, allows
from tests.deployed.journey import Journey
from tests.deployed.policies import FUNCTIONS, Grant
from tests.deployed.replay import is_refused
from tests.test_policies import ARGUED

pytestmark = pytest.mark.timeout(300)  # the first test builds the package, which is long where much else runs

#: What the engine allows to everybody who may read an object at all; only `iam.py` looks.
_ENGINE_IS_BLIND = {"s3:ListBucket"}

#: Lambda's own part: streams of the function's own log, and of the table, have names that nobody knows before.
_ARGUED_FOR_LAMBDA = {
    "logs:CreateLogStream": "the log's own streams",
    "logs:PutLogEvents": "the log's own streams",
    "dynamodb:ListStreams": "the table's own streams",
}


#: What only announcements, refusals and other providers than SNS ask for: `tests/story.py` and `tests/messages` do.
_ASKED_ELSEWHERE = re.compile(
    r"(ANNOUNCED|FAILED|MEMBER|PUBLISH|SEND|TELL)#|ses:SendEmail|^send_messages (dynamodb|kms|sqs|sns):|"
    r"^api_handler kms:"
)


def _needing(cloud: Cloud, grant: Grant) -> tuple[Ask, Sent] | None:
    """Something that was asked on the journey and that nothing but this grant allows, in the shortest request."""
    policy = cloud.policies[grant.function]
    reduced = policies.without(policy, grant)
    tried: set[tuple[str, tuple[str, ...]]] = set()
    for exchange in sorted(cloud.wire.exchanges, key=lambda one: len(one.asks)):
        for ask in exchange.asks if exchange.function == grant.function else ():
            shape = (ask.resource, ask.keys.get("dynamodb:LeadingKeys", ()))
            if ask.action != grant.action or shape in tried:
                continue
            tried.add(shape)
            if allows(policy, ask) and not allows(reduced, ask):
                return ask, exchange.sent
    return None


def test_the_journey_passes_with_each_functions_own_policy(cloud: Cloud, told: Journey) -> None:
    assert [f"{one.function}: {one.asks}" for one in cloud.wire.refused] == []
    assert {one.function for one in cloud.wire.exchanges} == set(FUNCTIONS)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nothing_is_granted_that_the_journey_does_not_use(cloud: Cloud, told: Journey, function: str) -> None:
    granted = list(policies.grants(function, cloud.policies[function]))
    assert granted
    idle = [str(grant) for grant in granted if _needing(cloud, grant) is None]
    assert [grant for grant in idle if not _ASKED_ELSEWHERE.search(grant)] == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_without_any_one_grant_the_engine_refuses_what_it_allowed(
    cloud: Cloud, told: Journey, function: str
) -> None:
    policy = cloud.policies[function]
    name = f"{function}-reduced"
    keys = make_user(cloud.iam, name, for_engine(policy))
    checked = 0
    for grant in _whole_grants(cloud, function):
        needing = _needing(cloud, grant)
        if needing is None and _ASKED_ELSEWHERE.search(str(grant)):
            continue
        assert needing, grant
        sent = needing[1]
        _give(cloud, name, policy)
        assert not is_refused(sent, cloud.engine.url, keys), grant
        left = [one for one in policies.grants(function, policy) if _same(one, grant)]
        reduced = policy
        for part in left:
            reduced = policies.without(reduced, part)
        _give(cloud, name, reduced)
        assert is_refused(sent, cloud.engine.url, keys), grant
        checked += 1
    assert checked >= 5


def _same(one: Grant, other: Grant) -> bool:
    return (one.sid, one.action, one.resource) == (other.sid, other.action, other.resource)


def _whole_grants(cloud: Cloud, function: str) -> list[Grant]:
    """One grant for each action and resource: the engine does not look at kinds of keys."""
    found: list[Grant] = []
    for grant in policies.grants(function, cloud.policies[function]):
        if grant.action not in _ENGINE_IS_BLIND and not any(_same(grant, one) for one in found):
            found.append(grant)
    return found


def _give(cloud: Cloud, user: str, policy: policies.Policy) -> None:
    document = policies.document(for_engine(policy))
    cloud.iam.put_user_policy(UserName=user, PolicyName="own", PolicyDocument=document)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_role_names_what_it_is_for_but_where_aws_has_no_narrower_name(cloud: Cloud, function: str) -> None:
    for grant in policies.grants(function, cloud.policies[function]):
        assert "*" not in grant.action
        assert "*" not in grant.resource or grant.action in ARGUED | _ARGUED_FOR_LAMBDA, grant


def test_codes_go_to_phones_and_never_to_a_topic(cloud: Cloud, told: Journey) -> None:
    topic = cloud.engine.client("sns").create_topic(Name="alarms")["TopicArn"]
    sns = make_client(cloud.engine.url, cloud.keys["api_handler"], "sns")
    sns.publish(PhoneNumber="+8613800000001", Message="123456")
    with pytest.raises(sns.exceptions.AuthorizationErrorException):
        sns.publish(TopicArn=topic, Message="123456")
