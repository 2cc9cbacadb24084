"""Commands that files other than tables of times start at set times."""

from __future__ import annotations

import pytest

from mlscan.read.timed import tasks_in_tree, timed_agent, timed_in_script, timed_in_tree, timed_unit
from mlscan.read.timed_hcl import timed_in_folder
from mlscan.read.tree import parse_tree


def lines(source: str) -> list[tuple[int, str]]:
    return [(c.line, " ".join(c.words)) for c in timed_in_script(source.encode())]


def in_tree(source: str, path: str = "deploy/values.yaml") -> list[str]:
    groups = timed_in_tree(parse_tree(source.encode(), path), path)
    return [" ".join(c.words) for group in groups for c in group]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (
            '(crontab -l; echo "0 3 * * * cd /app && python fit.py") | crontab -\n',
            [(1, "cd /app"), (1, "python fit.py")],
        ),
        ("RUN echo '0 3 * * 1 root python /app/fit.py >> /log 2>&1' > /etc/cron.d/fit\n", [(1, "python /app/fit.py")]),
        ('CMD="python fit.py"\nJOB="0 6 * * * $CMD"\n', [(2, "python fit.py")]),
        ("cat <<EOF | crontab -\n@daily Rscript fit.R\nEOF\n", [(2, "Rscript fit.R")]),
        ("while true; do\n  python fit.py\n  sleep 1d\ndone\n", [(2, "python fit.py"), (3, "sleep 1d")]),
        ('schtasks /create /tn n /tr "python C:\\app\\fit.py" /sc daily\n', [(1, "python /app/fit.py")]),
        ('$a = New-ScheduledTaskAction -Execute "python" -Argument "fit.py --all"\n', [(1, "python fit.py --all")]),
        ('# echo "0 3 * * * python fit.py"\n', []),
        ("while true; do\n  python poll.py\n  sleep 5\ndone\n", []),
        ("python fit.py\necho 'runs at 3 every day'\n", []),
        ("seq 1 2 3 4 5 | head\n", []),
    ],
)
def test_a_script_that_sets_up_times(source: str, found: list[tuple[int, str]]) -> None:
    assert lines(source) == found


def test_a_unit_of_systemd() -> None:
    unit = b"[Service]\nWorkingDirectory=/opt/app\nExecStart=-/usr/bin/python3 fit.py\n# ExecStart=python old.py\n"
    assert [(c.line, c.words) for c in timed_unit(unit)] == [(3, ("/usr/bin/python3", "fit.py"))]


@pytest.mark.parametrize(("key", "count"), [("StartCalendarInterval", 1), ("StartInterval", 1), ("KeepAlive", 0)])
def test_a_property_list_of_macos(key: str, count: int) -> None:
    source = (
        "<plist><dict><key>ProgramArguments</key><array><string>/usr/bin/python3</string><string>fit.py</string></array>"
        f"<key>{key}</key><integer>86400</integer></dict></plist>"
    )
    assert [c.words for c in timed_agent(source.encode())] == [("/usr/bin/python3", "fit.py")] * count


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("jobs:\n  - name: fit\n    schedule: '0 3 * * *'\n    command: [python, fit.py]\n", ["python fit.py"]),
        ("cron: {schedule: '@daily', command: [python], args: [fit.py, --all]}\n", ["python fit.py --all"]),
        ("fit:\n  cronExpression: 0 3 * * *\n  container:\n    command: python fit.py\n", ["python fit.py"]),
        (
            "a:\n  labels:\n    x.job-exec.n.schedule: '@every 24h'\n    x.job-exec.n.command: python fit.py\n",
            ["python fit.py"],
        ),
        ("kind: CronJob\nspec: {schedule: '{{ .t }}', jobTemplate: {spec: {image: a/b}}}\n", ["docker run a/b"]),
        ("a: {command: sh -c 'while true; do python fit.py; sleep 86400; done'}\n", ["python fit.py", "sleep 86400"]),
        ("fit: {command: [python, fit.py]}\nclean: {schedule: '0 3 * * *', command: rm -r tmp}\n", ["rm -r tmp"]),
        ("tasks: [{commands: [cd a, python fit.py]}]\ntriggers: [{cron: 0 3 * * *}]\n", ["cd a", "python fit.py"]),
        ("tasks: [{commands: [python, fit.py]}]\ntriggers: [{cron: 0 3 * * *, disabled: true}]\n", []),
        ("tasks: [{commands: [python, fit.py]}]\ntriggers: [{flow: other}]\n", []),
        ("kind: CronJob\nspec: {suspend: true, schedule: '0 3 * * *', command: [python, fit.py]}\n", []),
        ("fit: {schedule: '0 3 * * *', enabled: false, command: [python, fit.py]}\n", []),
        ("fit: {schedule: cosine, command: [python, fit.py]}\n", []),
        ("fit: {schedule: null, command: [python, fit.py]}\n", []),
    ],
)
def test_a_tree_with_times_beside_a_command(source: str, found: list[str]) -> None:
    assert in_tree(source) == found


def test_a_function_that_times_call() -> None:
    source = "functions:\n  a: {handler: src/app.run, events: [{schedule: rate(1 day)}]}\n  b: {handler: src/web.run}\n"
    assert in_tree(source, "infra/serverless.yml") == ["python infra/src/app.py"]


def test_a_function_that_new_files_call() -> None:
    source = "Resources: {F: {Properties: {Handler: app.run, CodeUri: src/, Events: {U: {Properties: {Bucket: b}}}}}}\n"
    assert in_tree(source, "template.yaml") == ["python src/app.py"]
    assert in_tree(source.replace("Bucket", "Path"), "template.yaml") == []


def test_work_on_a_file_is_bounded() -> None:
    assert len(lines("echo '0 3 * * * python fit.py'\n" * 1_000)) == 200
    assert lines("while true; do " * 20_000) == []


CLOCK = 'resource "aws_cloudwatch_event_rule" "daily" {\n  schedule_expression = "rate(1 day)"\n}\n'
TARGET = (
    'resource "aws_cloudwatch_event_target" "t" {\n  rule = aws_cloudwatch_event_rule.daily.name\n'
    "  arn = aws_lambda_function.f.arn\n}\n"
)
FUNCTION = 'resource "aws_lambda_function" "f" {\n  handler = "src.fit.run"\n}\n'
TASK = 'resource "aws_ecs_task_definition" "f" {\n  d = jsonencode([{ command = ["python", "fit.py"] }])\n}\n'


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"a.tf": CLOCK, "b.tf": TARGET + FUNCTION}, [("b.tf", 5, "python src/fit.py")]),
        (
            {"a.tf": CLOCK + TARGET.replace("lambda_function", "ecs_task_definition") + TASK},
            [("a.tf", 8, "python fit.py")],
        ),
        ({"a.tf": CLOCK + FUNCTION}, []),
        ({"a.tf": TARGET + FUNCTION}, []),
        ({"a.tf": CLOCK.replace("}\n", '  state = "DISABLED"\n}\n') + TARGET + FUNCTION}, []),
        ({"a.tf": CLOCK + TARGET + FUNCTION.replace("  handler", "  # handler")}, []),
    ],
)
def test_a_clock_of_terraform(files: dict[str, str], found: list[tuple[str, int, str]]) -> None:
    groups = timed_in_folder(files)
    assert [(path, c.line, " ".join(c.words)) for path, commands in groups for c in commands] == found


def test_the_tasks_of_a_file_that_a_program_is_handed() -> None:
    source = (
        "command: [python, top.py]\n"
        "tasks:\n"
        "  $let: {year: 1}\n"
        "  in:\n"
        "    - payload: {command: [python, fit.py]}\n"
        "    - payload:\n"
        "        command: [/bin/sh, -c, 'cd /a && python score.py']\n"
        "    - payload: {args: [--all]}\n"
        "      command: []\n"
    )
    found = [[" ".join(c.words) for c in group] for group in tasks_in_tree(parse_tree(source.encode(), "tasks.yml"))]
    assert found == [
        ["python fit.py"],
        ["/bin/sh -c cd /a && python score.py", "cd /a", "python score.py"],
        ["--all"],
    ]
