"""Chalice's own template of a stage without building the package: what `chalice package` writes, in a second."""

import json
from pathlib import Path
from typing import Any

from chalice.config import Config
from chalice.deploy import models
from chalice.deploy.appgraph import ApplicationGraphBuilder, DependencyBuilder
from chalice.deploy.deployer import (
    BaseDeployStep,
    BuildStage,
    InjectDefaults,
    PolicyGenerator,
    SwaggerBuilder,
)
from chalice.deploy.swagger import CFNSwaggerGenerator
from chalice.package import PackageOptions, SAMTemplateGenerator
from chalice.policy import AppPolicyGenerator
from chalice.utils import OSUtils

ROOT = Path(__file__).parent.parent
STAGES = ("dev", "test", "prod")
PACKAGE = "./deployment.zip"


def chalice_template(stage: str) -> dict[str, Any]:
    """Chalice's SAM template of one stage, with the package named but not built."""
    config = _config(stage)
    graph = ApplicationGraphBuilder().build(config, stage)
    dependencies = DependencyBuilder()
    files = OSUtils()
    steps = [
        InjectDefaults(),
        _Named(),
        PolicyGenerator(policy_gen=AppPolicyGenerator(osutils=files), osutils=files),
        SwaggerBuilder(swagger_generator=CFNSwaggerGenerator()),
    ]
    BuildStage(steps).execute(config, dependencies.build_dependencies(graph))
    generator = SAMTemplateGenerator(config, _Options())
    made: dict[str, Any] = generator.generate(dependencies.build_dependencies(graph))
    return made


def _config(stage: str) -> Config:
    from app import app

    kept = json.loads((ROOT / ".chalice" / "config.json").read_text())
    given = {"chalice_app": app, "project_dir": str(ROOT)}
    return Config(stage, user_provided_params=given, config_from_disk=kept)


class _Named(BaseDeployStep):
    """In place of the step that builds the package: its name is enough for a template."""

    def handle_deploymentpackage(self, config: Config, resource: models.DeploymentPackage) -> None:
        """Name it."""
        resource.filename = PACKAGE


class _Options(PackageOptions):
    """Principals as they are in every partition; Chalice would ask for a region."""

    def __init__(self) -> None:
        """Without a client: nothing is asked of AWS."""

    def service_principal(self, service: str) -> str:
        """The same everywhere for what a template of ours names."""
        return f"{service}.amazonaws.com"
