"""Word lists and templates from which `make_repo` writes files that look like those of real projects."""

from __future__ import annotations

_NOUNS = """
account address area archive article asset balance batch bill block board booking branch bucket buffer card cart
case cell channel chart city client clock code column comment contract country course cursor customer day delivery
demand depth device district door edge engine entry error event factor field file filter flag fleet folder frame
garden gate graph grid group guest handle height history hour image index input invoice item job key label lane
layer length level limit line link load lock loss margin mask matrix meter method metric minute mode month name
network node number offer office order output owner page panel part path payment period person phase pixel plan
plant point pool price product profile project pump query queue range rate ratio reader record region report request
result road role room route row rule sample scale scene schedule score sensor series session shape shift ship signal
site size slot source speed stage station step stock stop store stream street sum switch table target task team term
ticket tile time token tool total track unit user value vector vehicle version view visit volume wage week weight
width window word worker year zone
"""
NOUNS = _NOUNS.split()

_VERBS = """
add apply build check clean clip close collect combine compare compute convert copy count create crop decode delete
draw drop encode estimate expand export extract fetch fill filter find fit fix flatten format freeze gather group
guess hash import index infer insert join keep label limit list load lock log lookup map mark mask measure merge
move normalize open order pad parse pick plot predict prepare print project pull push quantize query rank read
rebuild record reduce register remove rename render repair replace report reset resize resolve restore round run
sample save scale scan score search select send serve shift show shuffle skip slice smooth sort split stack start
stop store stream sum swap take test track train transform trim update upload validate vary verify visit wait warp
weigh write zip
"""
VERBS = _VERBS.split()

PLAIN_IMPORTS = [
    "import argparse",
    "import csv",
    "import json",
    "import logging",
    "import math",
    "import os",
    "import re",
    "import sys",
    "import time",
    "from collections import Counter, defaultdict",
    "from dataclasses import dataclass, field",
    "from datetime import datetime, timedelta",
    "from pathlib import Path",
    "from typing import Any",
    "import click",
    "import requests",
    "import yaml",
    "from tqdm import tqdm",
]

DATA_IMPORTS = [
    "import numpy as np",
    "import pandas as pd",
    "import matplotlib.pyplot as plt",
    "import seaborn as sns",
    "from scipy import stats",
    "from sqlalchemy import create_engine",
]

LEARNING_IMPORTS = [
    "import torch",
    "import torch.nn as nn",
    "from torch.utils.data import DataLoader, Dataset",
    "import tensorflow as tf",
    "import xgboost as xgb",
    "import lightgbm as lgb",
    "from sklearn.ensemble import RandomForestClassifier",
    "from sklearn.linear_model import LogisticRegression",
    "from sklearn.metrics import accuracy_score, f1_score",
    "from sklearn.model_selection import train_test_split",
    "from transformers import AutoModel, AutoTokenizer",
    "import mlflow",
    "import wandb",
    "import joblib",
]

LEARNING_LINES = [
    "model.fit(x_train, y_train)",
    "optimizer.zero_grad()",
    "loss.backward()",
    "optimizer.step()",
    "x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2)",
    'mlflow.log_metric("score", score)',
    "predicted = model.predict(x_test)",
    "frame = pd.read_csv(path)",
    "values = np.asarray(frame[column])",
]

_PACKAGES = """
numpy pandas scikit-learn torch torchvision xgboost lightgbm mlflow fastapi uvicorn pydantic pyyaml requests click
tqdm matplotlib seaborn sqlalchemy psycopg2-binary pytest ruff mypy boto3 joblib scipy transformers
"""
PACKAGES = _PACKAGES.split()
