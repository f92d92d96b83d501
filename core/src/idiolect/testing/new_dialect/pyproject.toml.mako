[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "${distribution}"
version = "0.1.0"
description = "${title} for the migration tool Idiolect"
readme = "README.md"
requires-python = ">=3.11"
dependencies = [
    "idiolect>=${core},<1",
% for requirement in requirements:
    "${requirement}",
% endfor
]

[project.entry-points."idiolect.dialects"]
${entry_name} = "${package}:plugin"

[tool.hatch.build.targets.wheel]
packages = ["src/${package}"]

[dependency-groups]
test = ["pytest>=8.4"]

[tool.pytest.ini_options]
addopts = ["-ra", "--strict-markers", "--strict-config", "-p", "idiolect.testing.plugin"]
filterwarnings = ["error"]
pythonpath = ["tests"]
testpaths = ["tests"]
