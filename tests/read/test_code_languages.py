"""What is imported, called and defined in languages other than Python; one suffix, several languages."""

from __future__ import annotations

import pytest

from mlscan.read.code import language_of, parse_code
from mlscan.types.source import CodeModule


def read(language: str, source: str) -> CodeModule:
    return parse_code(source.encode(), "a", language)


def calls(module: CodeModule) -> list[tuple[int, str]]:
    return [(call.line, call.name) for call in module.calls if not call.decorator]


@pytest.mark.parametrize(
    ("path", "head", "language"),
    [
        ("a.m", "function y = f(x)\n% doc\n", "matlab"),
        ("a.m", "1; # a script of Octave\nx = rand(3)\n", "matlab"),
        ("a.m", "x = 1;\n", "matlab"),
        ("a.m", "// Copyright\n\n#import <UIKit/UIKit.h>\n", "objective-c"),
        ("a.m", "@implementation View\n@end\n", "objective-c"),
        ("a.m", "%---%\n:- module queens.\n:- interface.\n", "mercury"),
        ("a.m", '(* ::Package:: *)\n\nBeginPackage["Fit`"]\n', "wolfram"),
        ("a.m", "Square[x_] := x^2\n", "wolfram"),
        ("a.m", "XUTIL ;SITE/ABC - Utilities ;1/2/90\n ;;8.0;KERNEL\n", "mumps"),
        ("a.m", 'implement Cat;\n\ninclude "sys.m";\n', "limbo"),
        ("a.m", "Bufio: module\n{\n};\n", "limbo"),
        ("a.m", '$include $lib/strings\n: main\n  "hi" .tell\n;\n', "muf"),
        ("a.m", "\0\1\2", None),
        ("a.sas", "proc print data=a; run;\n", "sas"),
        ("a.sas", "%include 'b.sas';\n", "sas"),
        ("a.sas", "", "sas"),
        ("a.sas", "begin_version\n3\nend_version\n", None),
        ("a.sas", "7\0\0\0", None),
        ("a.sps", "GET FILE='a.sav'.\n", "spss"),
        ("a.sps", "#!r6rs\n(import (rnrs))\n", None),
        ("a.sps", "(import (chezscheme))\n", None),
        ("a.r", "library(caret)\n", "r"),
        ("a.r", 'REBOL [Title: "x"]\n', None),
        ("a.r", "resource 'STR#' (128) {\n};\n", None),
        ("a.py", "\0", "python"),
    ],
)
def test_one_suffix_and_several_languages(path: str, head: str, language: str | None) -> None:
    assert language_of(path, head.encode("latin-1")) == language


def test_r_packages_of_a_list() -> None:
    source = (
        'packages <- c("caret",\n  "ranger")\nlapply(packages, require, character.only = TRUE)\n'
        "pacman::p_load(xgboost, glmnet)\nbox::use(dplyr[filter], yardstick)\nimport::from(rsample, vfold_cv)\n"
    )
    found = [(i.line, i.module) for i in read("r", source).imports if i.module not in ("pacman", "box", "import")]
    assert found == [
        (1, "caret"),
        (2, "ranger"),
        (4, "xgboost"),
        (4, "glmnet"),
        (5, "dplyr"),
        (5, "yardstick"),
        (6, "rsample"),
    ]


def test_a_list_of_words_in_r_is_not_loaded() -> None:
    assert read("r", 'packages <- c("caret", "ranger")\nprint(packages)\n').imports == ()


def test_functions_and_strings_of_r() -> None:
    found = read("r", 'fit_it <- function(d) {\n  source("R/prepare.R")\n}\ng = \\(x) x # "no text"\n')
    assert [(f.line, f.name) for f in found.functions] == [(1, "fit_it"), (4, "g")]
    assert found.strings == ((2, "R/prepare.R"),)


def test_julia_over_several_lines() -> None:
    found = read("julia", "using Flux,\n      MLJ\nfunction fit_it(x)\nend\ng(x) = x\n")
    assert [i.module for i in found.imports] == ["Flux", "MLJ"]
    assert [f.name for f in found.functions] == ["fit_it", "g"]


def test_matlab() -> None:
    source = (
        "function [m, e] = fit_it(X, y)\n% fitctree(X, y)\nimport matlab.unittest.TestCase\n"
        "train = X(1:10, :);\nx = train(1, 2)' + y';\nm = fitcensemble(X, 'fitctree(x)');  # octave\n"
        "%{\nfitcsvm(X)\n%}\ne = loss(m) ...\n  + m.predict(X);\nend\n"
    )
    found = read("matlab", source)
    assert [name for _, name in calls(found)] == ["X", "fitcensemble", "loss", "m.predict"]
    assert [(f.line, f.name) for f in found.functions] == [(1, "fit_it")]
    assert [i.target for i in found.imports] == ["matlab.unittest.TestCase"]


def test_a_class_of_matlab() -> None:
    found = read("matlab", "classdef (Sealed) FitTest < matlab.unittest.TestCase & Helper\nend\n")
    assert [(c.name, c.bases) for c in found.classes] == [("FitTest", ("matlab.unittest.TestCase", "Helper"))]


def test_sas() -> None:
    source = (
        "/* proc reg */\n* proc logistic data=a; run;\n%macro fit(data=);\nPROC HPForest\n data=&data maxtrees=200;\n"
        "  target bad;\nrun; proc sort; run;\n%mend fit;\n%let x = %sysfunc(today());\n%fit(data=a);\n"
        "title 'proc glm';\nproc cas;\n  decisionTree.forestTrain / table='t';\n  action astore.score;\nquit;\n"
    )
    found = read("sas", source)
    assert calls(found) == [
        (4, "proc.hpforest"),
        (7, "proc.sort"),
        (10, "fit"),
        (12, "proc.cas"),
        (13, "decisiontree.foresttrain"),
        (14, "astore.score"),
    ]
    assert found.calls[0].kwargs["maxtrees"] == read("sas", "proc a maxtrees=200;").calls[0].kwargs["maxtrees"]
    assert [(f.line, f.name) for f in found.functions] == [(3, "fit")]


def test_spss() -> None:
    source = (
        "* LOGISTIC REGRESSION was slow.\nGET FILE='a.sav'.\nLogistic Regression VARIABLES bad\n  /METHOD=ENTER age\n"
        "  tree income.\nTREE bad BY age\n  /METHOD TYPE=CRT.\n\nQUICK  CLUSTER age.\n"
    )
    assert calls(read("spss", source)) == [
        (2, "get.file"),
        (3, "logistic.regression"),
        (6, "tree"),
        (9, "quick.cluster"),
    ]


def test_sql() -> None:
    source = (
        "-- create model no\nCREATE OR REPLACE\n  MODEL `p.d.m`\n"
        "OPTIONS (model_type = 'logistic_reg') AS SELECT 'ml.predict(x)';\n"
        "SELECT * FROM ML.PREDICT(MODEL `p.d.m`, (SELECT 1));\n"
        "EXEC @r = [dbo].[sp_execute_external_script] @language = N'R', @script = N'fit()';\n"
        "CREATE SNOWFLAKE.ML.CLASSIFICATION c(INPUT_DATA => 1);\ncreate temporary table model (id int);\n"
    )
    found = read("sql", source)
    assert [c for c in calls(found) if c[1] not in ("options", "c", "model")] == [
        (2, "create.model"),
        (5, "ml.predict"),
        (6, "dbo.sp_execute_external_script"),
        (7, "create.snowflake.ml.classification"),
        (8, "create.table"),
    ]
    assert found.calls[0].kwargs["model_type"] == "logistic_reg"


def test_scala() -> None:
    source = (
        "import org.apache.spark.ml.classification.{LogisticRegression, GBTClassifier => GBT}\nimport a.b._\n"
        "class FitTest extends AnyFunSuite with Helper {\n"
        "  val lr = new LogisticRegression().setMaxIter(10) // new GBT()\n"
        "  val model: M = new Pipeline()\n    .setStages(Array(lr))\n    .fit(df)\n"
        '  def train(x: Int): Unit = { lr.fit(x); new GBT().fit(y) }\n  val s = "a.fit(b)"\n}\n'
    )
    found = read("scala", source)
    spark = "org.apache.spark.ml.classification"
    assert calls(found) == [
        (4, f"{spark}.LogisticRegression"),
        (4, f"{spark}.LogisticRegression.setMaxIter"),
        (5, "Pipeline"),
        (6, "Pipeline.setStages"),
        (6, "Array"),
        (7, "Pipeline.setStages.fit"),
        (8, f"{spark}.LogisticRegression.fit"),
        (8, f"{spark}.GBTClassifier"),
        (8, f"{spark}.GBTClassifier.fit"),
    ]
    assert [(i.target, i.alias) for i in found.imports][1:] == [(f"{spark}.GBTClassifier", "GBT"), ("a.b", "*")]
    assert [(c.name, c.bases) for c in found.classes] == [("FitTest", ("AnyFunSuite", "Helper"))]
    assert [f.name for f in found.functions] == ["train"]


def test_java() -> None:
    source = (
        "package a;\nimport static org.junit.Assert.assertTrue;\n"
        "import org.junit.Test;\nimport weka.classifiers.trees.*;\n"
        "public class FitTest extends Base implements Runnable {\n  @Test\n  public void fits() throws Exception {\n"
        "    J48 tree = new J48();\n    tree.buildClassifier(data);\n"
        "    if (ok) { assertTrue(tree.isFine()); }\n  }\n}\n"
    )
    found = read("java", source)
    assert calls(found) == [
        (8, "J48"),
        (9, "J48.buildClassifier"),
        (10, "org.junit.Assert.assertTrue"),
        (10, "J48.isFine"),
    ]
    assert [(c.line, c.name) for c in found.calls if c.decorator] == [(6, "org.junit.Test")]
    assert [i.target for i in found.imports] == [
        "org.junit.Assert.assertTrue",
        "org.junit.Test",
        "weka.classifiers.trees",
    ]
    assert [c.bases for c in found.classes] == [("Base", "Runnable")]


def test_kotlin() -> None:
    source = (
        "import ai.djl.Model as Net\n\nclass Scorer(val path: String) : Base(), Closeable {\n"
        '  fun score(x: Float) = Net.newInstance("m").predict(x)\n}\n'
    )
    found = read("kotlin", source)
    assert calls(found) == [(3, "Base"), (4, "ai.djl.Model.newInstance"), (4, "ai.djl.Model.newInstance.predict")]
    assert [f.name for f in found.functions][-1] == "score"


def test_csharp() -> None:
    source = (
        "using System;\nusing Ml = Microsoft.ML;\n[TestClass]\npublic class Trainer : Base, IDisposable {\n"
        "  public static async Task<ITransformer> Train(string path) {\n    var ctx = new Ml.MLContext(seed: 1);\n"
        "    var data = ctx.Data.LoadFromTextFile<Row>(path);\n"
        "    return ctx.BinaryClassification.Trainers.FastTree().Fit(data);\n  }\n}\n"
    )
    found = read("csharp", source)
    context = "Microsoft.ML.MLContext"
    assert calls(found) == [
        (6, context),
        (7, f"{context}.Data.LoadFromTextFile"),
        (8, f"{context}.BinaryClassification.Trainers.FastTree"),
        (8, f"{context}.BinaryClassification.Trainers.FastTree.Fit"),
    ]
    assert [c.bases for c in found.classes] == [("Base", "IDisposable")]
    assert [c.name for c in found.calls if c.decorator] == ["TestClass"]


SHAPES = [
    "exec ",
    "create ",
    "proc ",
    "=c(",
    "f(x) = ",
    "a=(b ",
    "import a.",
    "p_load(a,",
    "[a,",
    ").a",
    "class a ",
    "a <- function(",
    "\n",
    ".\n",
]


@pytest.mark.parametrize("language", ["r", "julia", "matlab", "sas", "spss", "sql", "java", "scala", "csharp"])
@pytest.mark.parametrize("shape", SHAPES)
def test_what_repeats_is_read_in_bounded_work(language: str, shape: str) -> None:
    """Work that grows with the square of the size would not end here."""
    assert parse_code(shape.encode() * 20_000, "a", language).language == language


def test_methods_of_r() -> None:
    found = read("r", "learner$train(task)\na$b$fit(x)\nf(x)$predict(y)\n")
    assert calls(found) == [(1, "learner$train"), (2, "b$fit"), (3, "f"), (3, "predict")]


def test_packages_of_the_options_of_targets() -> None:
    source = 'tar_option_set(\n  packages = c("cmdstanr", "yaml")\n)\n'
    assert [i.module for i in read("r", source).imports] == ["cmdstanr", "yaml"]
