# mlscan with git, for CI systems that run images. Nothing in it is written to at run time:
#
#   docker build -t mlscan .
#   docker run --rm --network none --read-only --tmpfs /tmp -v "$PWD:/repository:ro" mlscan --fail-under 3
#
# The digest is of the index of all platforms, as `docker buildx imagetools inspect python:3.13-slim` prints it.
FROM docker.io/library/python:3.13-slim@sha256:9662417aace5ae7b8e2609cce472b72a8958e134ba372808abe9cc1a0c0125e6 AS base
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore

FROM base AS build
WORKDIR /source
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY src src
COPY detectors detectors
COPY rules rules
RUN python -m pip wheel --wheel-dir /wheels .

FROM base
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends git \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --user-group --no-create-home --home-dir /tmp --shell /usr/sbin/nologin mlscan
# hadolint ignore=DL3013
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    python -m pip install --no-index --find-links /wheels mlscan
ENV PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /repository
ENTRYPOINT ["mlscan"]
