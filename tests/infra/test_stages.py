"""Stages are the same but for names, and share nothing."""

import json
import re

from tests.infra.trees import Tree, properties, walk

#: Properties that give a resource a name of its own in the account.
_NAMES = {
    "TableName", "BucketName", "QueueName", "TopicName", "AliasName", "LogGroupName", "AlarmName", "DashboardName",
    "BudgetName", "RuleName", "MetricNamespace", "FunctionName", "RoleName",
}  # fmt: skip


def _names(template: Tree) -> set[str]:
    """The names that a template gives, as far as they are texts of its own."""
    named = set()
    for path, value in walk(template["Resources"]):
        key = path[-2] if path[-1] == "Fn::Sub" else path[-1]
        own = len(path) > 2 and (key in _NAMES or path[-3:] == ("Events", "TickEvent", "Name"))
        if own and isinstance(value, str) and path[-1] != "Ref":
            named.add(value)
    return {name for name in named if not name.startswith("${")}


def test_the_stages_share_no_name(made: dict[str, Tree]) -> None:
    for stage, template in made.items():
        names = _names(template)
        assert len(names) > 30
        assert {name for name in names if not re.search(rf"(^|[/-]){stage}([/-]|$)", name)} == set()
    assert not _names(made["dev"]) & _names(made["prod"])
    assert not _names(made["test"]) & _names(made["prod"])


def test_no_stage_speaks_of_another(made: dict[str, Tree]) -> None:
    for stage, template in made.items():
        text = json.dumps(template["Resources"])
        others = [other for other in made if other != stage and f"portal-{other}" in text]
        assert others == []
        assert "Fn::ImportValue" not in text
        assert not [output for output in template["Outputs"].values() if "Export" in output]


def test_what_is_tried_in_test_is_what_runs_in_prod(made: dict[str, Tree]) -> None:
    def alike(stage: str) -> Tree:
        text = json.dumps(made[stage]).replace(f"-{stage}", "-x").replace(f"/{stage}/", "/x/")
        told: Tree = json.loads(text.replace(f"${stage}", "$x").replace(f'"{stage}"', '"x"'))
        told["Description"] = ""
        for name, resource in told["Resources"].items():
            if name.endswith("LogGroup") and name != "GatewayLogGroup":
                resource["Properties"]["RetentionInDays"] = 0
            resource["Properties"].get("DeploymentPreference", {}).pop("Type", None)
        return json.loads(json.dumps(told).replace(f"portal {stage}", "portal x"))  # type: ignore[no-any-return]

    assert alike("test") == alike("prod")
    assert alike("dev") == alike("prod")


def test_new_versions_get_a_tenth_of_the_calls_first_but_in_dev(made: dict[str, Tree]) -> None:
    shift = {
        stage: properties(template, "APIHandler")["DeploymentPreference"]["Type"]
        for stage, template in made.items()
    }
    assert shift == {"dev": "AllAtOnce", "test": "Canary10Percent5Minutes", "prod": "Canary10Percent5Minutes"}
