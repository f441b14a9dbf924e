# syntax=docker/dockerfile:1
# Segue's images; targets: api, ui, worker, worker-gpu.
#   docker build --target api -t segue-api .
#   docker build --target worker --build-arg TORCH_INDEX_URL=… -t segue-worker .
ARG PYTHON_VERSION=3.11

FROM python:${PYTHON_VERSION}-slim-bookworm AS packages
# Where torch comes from. Empty: the usual index, whose wheels for Linux bring CUDA, 4 GB more. The
# address of wheels for processors only is on PyTorch's page “Get started”.
ARG TORCH_INDEX_URL=
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PATH=/opt/segue/bin:$PATH
WORKDIR /build
RUN python -m venv /opt/segue
COPY requirements.txt requirements-scale.txt constraints.txt ./
RUN if [ -n "$TORCH_INDEX_URL" ]; then \
      pip install --index-url "$TORCH_INDEX_URL" "$(grep '^torch==' requirements.txt)"; \
    fi \
    && pip install -r requirements.txt -r requirements-scale.txt -c constraints.txt

FROM python:${PYTHON_VERSION}-slim-bookworm AS base
# tini passes signals on and buries dead children; the fonts typeset titles in every script.
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
      fonts-noto-cjk fonts-noto-color-emoji fonts-noto-core tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin segue \
    && install -d -o segue -g segue -m 700 /data
COPY --from=packages /opt/segue /opt/segue
WORKDIR /app
COPY LICENSE ./
COPY .streamlit .streamlit
COPY backend backend
COPY frontend frontend
# The root is read-only when it runs: modules are compiled now, caches go to /tmp.
RUN /opt/segue/bin/python -m compileall -q backend frontend
ENV PATH=/opt/segue/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    STORAGE_ROOT=/data \
    HOME=/tmp \
    NUMBA_CACHE_DIR=/tmp/numba
USER 10001:10001
VOLUME /data
STOPSIGNAL SIGTERM
ENTRYPOINT ["tini", "--"]

FROM base AS api
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
CMD ["python", "-m", "uvicorn", "backend.app.main:app", "--host", "0.0.0.0", "--port", "8000", "--no-proxy-headers", "--timeout-graceful-shutdown", "6", "--ws-max-size", "16384"]

FROM base AS ui
EXPOSE 8501
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
CMD ["python", "-m", "streamlit", "run", "frontend/streamlit_app.py", "--server.address", "0.0.0.0", "--server.port", "8501", "--server.headless", "true"]

FROM base AS worker
HEALTHCHECK --interval=30s --timeout=20s --start-period=60s --retries=4 \
  CMD ["python", "-m", "celery", "-A", "backend.app.celery_app", "inspect", "ping", "--timeout", "10"]
CMD ["python", "-m", "backend.app.worker", "--queues", "interactive,cpu,net"]

FROM worker AS worker-gpu
ENV NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility
CMD ["python", "-m", "backend.app.worker", "--queues", "gpu"]
