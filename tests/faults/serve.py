"""Run the API under uvicorn with test pipelines: `serve PORT [KIND=MODULE:FUNCTION]...`."""

from __future__ import annotations

import sys

import uvicorn

from backend.app.wiring.jobs import executor


def main(port: str, *pipelines: str) -> None:
    if pipelines:
        executor.PIPELINES = dict(pipeline.split("=", 1) for pipeline in pipelines)
        executor.LOADED_ON_FIRST_USE = ()
    from backend.app.main import app

    uvicorn.run(app, host="127.0.0.1", port=int(port), log_config=None, proxy_headers=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
