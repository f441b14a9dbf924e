"""The API as uvicorn runs it, with other pipelines: `serve PORT [KIND=MODULE:FUNCTION]...`."""

from __future__ import annotations

import sys

import uvicorn

from backend.app.services import kinds


def main(port: str, *pipelines: str) -> None:
    if pipelines:
        kinds.PIPELINES = dict(pipeline.split("=", 1) for pipeline in pipelines)
    from backend.app.main import app

    uvicorn.run(app, host="127.0.0.1", port=int(port), log_config=None)


if __name__ == "__main__":
    main(*sys.argv[1:])
