"""Dependency files of R, Julia, the JVM, .NET, Node, Go, Rust, Ruby and PHP."""

from __future__ import annotations

import pytest

from mlscan.read.manifest import manifest_kind, parse_manifest
from mlscan.types.source import Manifest


def read(text: str, path: str) -> Manifest:
    manifest = parse_manifest(text.encode(), path)
    assert manifest is not None
    return manifest


def listed(manifest: Manifest) -> list[tuple[int, str, str, str]]:
    """(line, name, spec, scope) of each dependency; a pinned one has a `!` behind its spec."""
    assert {d.ecosystem for d in manifest.dependencies} <= {manifest.ecosystem}
    return [(d.line, d.name, d.spec + "!" * d.pinned, d.scope) for d in manifest.dependencies]


def test_a_description_of_r() -> None:
    text = (
        "Package: churnR\nVersion: 0.1\nDepends: R (>= 4.1),\n    Recipes (>= 1.0)\nImports: caret, stats,\n"
        "    data.table"
        " (== 1.15.0)\nSuggests: testthat (>= 3.0.0)\nLinkingTo: Rcpp\nURL: https://host.example\n"
    )
    manifest = read(text, "DESCRIPTION")
    assert listed(manifest) == [
        (4, "recipes", ">= 1.0", "main"),
        (5, "caret", "", "main"),
        (6, "data.table", "== 1.15.0!", "main"),
        (7, "testthat", ">= 3.0.0", "dev"),
        (8, "rcpp", "", "main"),
    ]
    assert (manifest.ecosystem, manifest.package, manifest.published) == ("r", "churnR", False)
    assert read(text + "Repository: CRAN\n", "DESCRIPTION").published


@pytest.mark.parametrize("text", ["A folder with a model.\n", "Title: notes\n", "Imports goods: yes\n"])
def test_a_text_named_description_is_no_manifest(text: str) -> None:
    assert parse_manifest(text.encode(), "DESCRIPTION") is None
    assert manifest_kind("description") is None


def test_a_project_of_julia() -> None:
    text = (
        'name = "Churn"\nuuid = "1"\n\n[deps]\nMLJ = "2"\nFlux = "3"\n\n[compat]\nMLJ = "0.20"\nFlux = "=0.14.6"\n'
        'julia = "1.9"\n\n[extras]\nTest = "4"\nOther = "5"\n\n[targets]\ntest = ["Test"]\n'
    )
    assert listed(read(text, "Project.toml")) == [
        (5, "mlj", "0.20", "main"),
        (6, "flux", "=0.14.6!", "main"),
        (14, "test", "", "dev"),
    ]
    assert [d.scope for d in read(text, "docs/Project.toml").dependencies] == ["dev"] * 3
    assert parse_manifest(b"[settings]\na = 1\n", "Project.toml") is None


POM = """\
<?xml version="1.0"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <groupId>team</groupId>
  <artifactId>churn</artifactId>
  <version>1.0</version>
  <properties><spark.version>3.5.0</spark.version></properties>
  <dependencyManagement><dependencies>
    <dependency><groupId>org.x</groupId><artifactId>managed</artifactId><version>2.0</version></dependency>
  </dependencies></dependencyManagement>
  <dependencies>
    <dependency>
      <groupId>org.apache.spark</groupId>
      <artifactId>spark-mllib_2.12</artifactId>
      <version>${spark.version}</version>
    </dependency>
    <dependency><groupId>org.x</groupId><artifactId>managed</artifactId></dependency>
    <dependency><groupId>org.x</groupId><artifactId>parent</artifactId></dependency>
    <dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>4.13</version><scope>test</scope></dependency>
    <dependency><groupId>org.x</groupId><artifactId>range</artifactId><version>[1,2)</version></dependency>
    <dependency><groupId>org.x</groupId><artifactId>Moving</artifactId><version>1.0-SNAPSHOT</version></dependency>
    <!-- <dependency><groupId>org.x</groupId><artifactId>gone</artifactId></dependency> -->
  </dependencies>
  <build><plugins><plugin><artifactId>plugin</artifactId></plugin></plugins></build>
</project>
"""


def test_a_pom_fills_in_properties_and_managed_versions() -> None:
    manifest = read(POM, "pom.xml")
    assert listed(manifest) == [
        (13, "org.apache.spark:spark-mllib_2.12", "3.5.0!", "main"),
        (16, "org.x:managed", "2.0!", "main"),
        (17, "org.x:parent", "", "main"),
        (18, "junit:junit", "4.13!", "dev"),
        (19, "org.x:range", "[1,2)", "main"),
        (20, "org.x:moving", "1.0-SNAPSHOT", "main"),
    ]
    assert (manifest.package, manifest.published) == ("churn", False)


def test_a_pom_with_a_place_to_publish_to_is_for_others() -> None:
    place = "<distributionManagement><repository><url>https://h.example</url></repository></distributionManagement>"
    assert read(POM.replace("  <build>", place + "<build>"), "pom.xml").published


@pytest.mark.parametrize(
    ("version", "pinned"), [("3.2.1", True), ("${boot}", True), ("${unknown}", False), ("1-SNAPSHOT", False)]
)
def test_a_parent_or_an_imported_list_of_versions_pins_what_has_none(version: str, pinned: bool) -> None:
    item = f"<groupId>g</groupId><artifactId>a</artifactId><version>{version}</version>"
    parent = f"<parent>{item}</parent>"
    imported = f"<dependency>{item}<type>pom</type><scope>import</scope></dependency>"
    for place in (parent, f"<dependencyManagement><dependencies>{imported}</dependencies></dependencyManagement>"):
        text = (
            f"<project>{place}<properties><boot>3.2</boot></properties><dependencies><dependency><groupId>org.x</groupId>"
            "<artifactId>web</artifactId></dependency></dependencies></project>"
        )
        assert listed(read(text, "pom.xml")) == [(1, "org.x:web", "!" * pinned, "main")]


def test_a_platform_pins_what_has_no_version() -> None:
    text = "implementation platform('org.x:bom:1.0')\nimplementation 'org.x:web'\n"
    assert listed(read(text, "build.gradle")) == [(1, "org.x:bom", "1.0!", "main"), (2, "org.x:web", "!", "main")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("implementation 'org.x:Mllib:3.5.0'", ("org.x:mllib", "3.5.0!", "main")),
        ('implementation("org.x:mllib:3.5.0")', ("org.x:mllib", "3.5.0!", "main")),
        ('api(platform("org.x:bom:1.0"))', ("org.x:bom", "1.0!", "main")),
        ("testImplementation 'org.x:kit:1.+'", ("org.x:kit", "1.+", "dev")),
        ("compile group: 'org.x', name: 'mllib', version: '3.5.0'", ("org.x:mllib", "3.5.0!", "main")),
        ('runtimeOnly("org.x:mllib:$sparkVersion")', ("org.x:mllib", "3.5.0!", "main")),
        ('implementation("org.x:mllib:${versions.spark}")', ("org.x:mllib", "${versions.spark}", "main")),
        ('implementation("org.x:mllib")', ("org.x:mllib", "", "main")),
        ("kapt 'org.x:tool:1.0@jar'", ("org.x:tool", "1.0!", "main")),
    ],
)
def test_a_dependency_of_a_gradle_script(line: str, expected: tuple[str, str, str]) -> None:
    text = f'def sparkVersion = "3.5.0"\ndependencies {{\n    {line}\n}}\n'
    for path in ("build.gradle", "app/build.gradle.kts"):
        assert listed(read(text, path)) == [(3, *expected)]


@pytest.mark.parametrize(
    "line",
    [
        "// implementation 'org.x:gone:1'",
        "implementation project(':core')",
        "implementation(libs.spark)",
        "classpath 'org.x:plugin:1'",
        "exclude group: 'org.x', module: 'y'",
        "/* implementation 'org.x:gone:1' */",
    ],
)
def test_other_lines_of_a_gradle_script(line: str) -> None:
    assert listed(read(f"dependencies {{\n    {line}\n}}\n", "build.gradle")) == []


def test_a_catalogue_of_versions() -> None:
    text = (
        '[versions]\nspark = "3.5.0"\n[libraries]\na = "org.x:a:1.0"\nb = {module = "org.x:b", version.ref = "spark"}\n'
        'c = {group = "org.x", name = "c", version = "2.0"}\n[plugins]\np = "x:1"\n'
    )
    assert listed(read(text, "gradle/libs.versions.toml")) == [
        (4, "org.x:a", "1.0!", "main"),
        (5, "org.x:b", "3.5.0!", "main"),
        (6, "org.x:c", "2.0!", "main"),
    ]


def test_an_sbt_build() -> None:
    text = (
        'name := "churn"\nval spark = "3.5.0"\n// "org.x" %% "gone" % "1"\nlibraryDependencies ++= Seq(\n'
        '  "org.apache.spark" %% "spark-mllib" % spark % "provided",\n  "org.x" % "kit" % "1.0" % Test,\n'
        '  "org.x" %%% "other" % versions.other\n)\naddSbtPlugin("org.x" % "plugin" % "1.0")\n'
    )
    manifest = read(text, "build.sbt")
    assert listed(manifest) == [
        (5, "org.apache.spark:spark-mllib", "3.5.0!", "main"),
        (6, "org.x:kit", "1.0!", "dev"),
        (7, "org.x:other", "versions.other", "main"),
    ]
    assert manifest.package == "churn"
    assert manifest_kind("project/Dependencies.scala") == "sbt"
    assert manifest_kind("src/main/Dependencies.scala") is None


CSPROJ = """\
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net8.0</TargetFramework>{settings}</PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Microsoft.ML" Version="3.0.1" />
    <PackageReference Include="Exact" Version="[1.2.3]" />
    <PackageReference Include="Central" />
    <PackageReference Include="Analyzer"><Version>1.0</Version><PrivateAssets>all</PrivateAssets></PackageReference>
    <ProjectReference Include="../core/core.csproj" />
  </ItemGroup>
</Project>
"""


def test_a_project_of_dotnet_asks_for_lowest_versions() -> None:
    manifest = read(CSPROJ.replace("{settings}", ""), "src/App.csproj")
    assert listed(manifest) == [
        (4, "microsoft.ml", "3.0.1", "main"),
        (5, "exact", "[1.2.3]!", "main"),
        (6, "central", "", "main"),
        (7, "analyzer", "1.0", "dev"),
    ]
    assert (manifest.package, manifest.published) == (None, False)


def test_projects_of_tests_and_packages_of_dotnet() -> None:
    assert {d.scope for d in read(CSPROJ.replace("{settings}", ""), "App.Tests.fsproj").dependencies} == {"dev"}
    packed = read(CSPROJ.replace("{settings}", "<PackageId>Churn</PackageId>"), "App.csproj")
    assert (packed.package, packed.published) == ("Churn", True)


def test_other_files_of_dotnet() -> None:
    central = '<Project><ItemGroup><PackageVersion Include="Microsoft.ML" Version="3.0.1" /></ItemGroup></Project>'
    assert listed(read(central, "Directory.Packages.props")) == [(1, "microsoft.ml", "3.0.1", "main")]
    assert (
        parse_manifest(b"<Project><PropertyGroup><A>1</A></PropertyGroup></Project>", "Directory.Build.props") is None
    )
    old = (
        '<packages>\n<package id="A" version="1.0" />\n'
        '<package id="B" version="2" developmentDependency="true" />\n</packages>'
    )
    assert listed(read(old, "packages.config")) == [(2, "a", "1.0!", "main"), (3, "b", "2!", "dev")]
    paket = (
        "source https://h.example\nnuget FSharp.Core\nnuget Exact 1.2\nnuget Near ~> 1.2\ngroup Test\n"
        "  nuget Kit >= 1\n"
    )
    assert listed(read(paket, "paket.dependencies")) == [
        (2, "fsharp.core", "", "main"),
        (3, "exact", "1.2!", "main"),
        (4, "near", "~> 1.2", "main"),
        (6, "kit", ">= 1", "dev"),
    ]


def test_a_package_json() -> None:
    text = (
        '{\n "name": "churn-ui",\n "scripts": {"build": "vite build"},\n "dependencies": {\n  "React": "^18.2.0",\n'
        '  "@team/own": "workspace:*",\n  "@x/exact": "1.2.3"\n },\n "devDependencies": {"vite": "~5.0"}\n}\n'
    )
    manifest = read(text, "web/package.json")
    assert listed(manifest) == [
        (5, "react", "^18.2.0", "main"),
        (7, "@x/exact", "1.2.3!", "main"),
        (9, "vite", "~5.0", "dev"),
    ]
    assert (manifest.package, manifest.published, manifest.scripts) == ("churn-ui", False, {})
    assert read('{"name": "a", "publishConfig": {"access": "public"}}', "package.json").published
    assert not read('{"name": "a", "private": true, "publishConfig": {"access": "public"}}', "package.json").published


def test_a_go_mod_lists_what_is_required_directly() -> None:
    text = (
        "module host.example/churn\n\ngo 1.21\n\nrequire host.example/One v1.2.3\nrequire (\n"
        "\thost.example/two v0.1.0\n"
        "\thost.example/three v1.0.0 // indirect\n\t// host.example/four v1.0.0\n)\n"
        "replace host.example/two => ../two\n"
    )
    manifest = read(text, "go.mod")
    assert listed(manifest) == [(5, "host.example/one", "v1.2.3!", "main"), (7, "host.example/two", "v0.1.0!", "main")]
    assert manifest.package == "host.example/churn"


def test_a_cargo_toml() -> None:
    text = (
        '[package]\nname = "churn"\n[dependencies]\nserde = "1"\nexact = "=1.2.3"\nlocal = {path = "../local"}\n'
        'from-git = {git = "https://h.example/x", rev = "0a1b"}\nshared = {workspace = true}\n'
        're_named = {version = "2", package = "Real"}\n'
        '[dev-dependencies]\ncriterion = "0.5"\n[target."cfg(unix)".dependencies]\nlibc = "0.2"\n'
    )
    manifest = read(text, "Cargo.toml")
    assert listed(manifest) == [
        (4, "serde", "1", "main"),
        (5, "exact", "=1.2.3!", "main"),
        (7, "from-git", "0a1b!", "main"),
        (8, "shared", "", "main"),
        (9, "real", "2", "main"),
        (11, "criterion", "0.5", "dev"),
        (13, "libc", "0.2", "main"),
    ]
    assert not manifest.published
    assert read('[package]\nname = "a"\nkeywords = ["ml"]\n', "Cargo.toml").published
    assert not read('[package]\nname = "a"\nkeywords = ["ml"]\npublish = false\n', "Cargo.toml").published


def test_a_gemfile_and_a_gemspec() -> None:
    text = (
        "source 'https://h.example'\nruby '3.2'\ngem 'rumale', '~> 0.28'\ngem 'exact', '1.2.3'\n# gem 'gone'\n"
        "gem 'own', path: '../own'\ngem \"kit\", group: :test\ngroup :development, :test do\n  platforms :mri do\n"
        "    gem 'debug'\n  end\n  gem 'rspec'\nend\ngem 'last'\n"
    )
    assert listed(read(text, "Gemfile")) == [
        (3, "rumale", "~> 0.28", "main"),
        (4, "exact", "1.2.3!", "main"),
        (7, "kit", "", "dev"),
        (10, "debug", "", "dev"),
        (12, "rspec", "", "dev"),
        (14, "last", "", "main"),
    ]
    spec = (
        "Gem::Specification.new do |s|\n  s.name = 'churn'\n  s.add_dependency 'a', '>= 1'\n"
        "  s.add_development_dependency('b')\nend\n"
    )
    manifest = read(spec, "churn.gemspec")
    assert listed(manifest) == [(3, "a", ">= 1", "main"), (4, "b", "", "dev")]
    assert (manifest.package, manifest.published) == ("churn", True)


def test_a_composer_json() -> None:
    text = (
        '{"name": "team/churn", "require": {"php": ">=8", "ext-json": "*", "Rubix/ml": "^2"},\n'
        '"require-dev": {"x/unit": "10.5"}}'
    )
    assert listed(read(text, "composer.json")) == [(1, "rubix/ml", "^2", "main"), (2, "x/unit", "10.5!", "dev")]
