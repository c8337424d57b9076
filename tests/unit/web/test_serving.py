from __future__ import annotations

import asyncio
import signal
import socket
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace

import httpx
import pytest

from monitor.config import WebOptions
from monitor.errors import InputError
from monitor.web import serve, serving
from monitor.web.view import RunningView
from tests.unit.web.samples import NOW, protected


@dataclass
class Tick:
    last: datetime | None


class Service:
    """The shape of the running service, standing still."""

    def __init__(self, view, port: int = 0) -> None:
        web = view.config.monitor.web.model_copy(update={"port": port})
        monitor = view.config.monitor.model_copy(update={"web": web})
        settings = type(view.config)(**{**vars(view.config), "monitor": monitor})
        self.app = SimpleNamespace(
            settings=settings,
            tools=SimpleNamespace(store=view.store),
            config_error="",
            clock=lambda: NOW,
        )
        self.ticks = {"poll": Tick(NOW)}

    def stalled(self, now: datetime) -> list[str]:
        return ["deliver"] if now == NOW else []


async def test_a_running_service_is_served_over_a_real_socket(view):
    async with (
        serve(Service(view)) as address,
        httpx.AsyncClient(base_url=address, timeout=60) as client,
    ):
        assert (await client.get("/")).status_code == 200
        health = await client.get("/healthz")
        assert health.json()["failures"] == ["the deliver round has not ended well for minutes"]
        assert (await client.get("/static/page.css")).headers["content-type"].startswith("text/css")
    with pytest.raises(httpx.ConnectError):
        async with httpx.AsyncClient() as client:
            await client.get(address)


async def test_the_password_guards_the_socket_too(view, tmp_path):
    service = Service(protected(view, tmp_path))
    async with serve(service) as address, httpx.AsyncClient(base_url=address, timeout=60) as client:
        assert (await client.get("/")).status_code == 401
        assert (await client.get("/", auth=("x", "open sesame"))).status_code == 200


async def test_a_port_that_is_taken_is_one_readable_line(view):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"cannot listen on 127.0.0.1 port {port}"):
            async with serve(Service(view, port)):
                pass


async def test_a_host_that_is_nowhere_is_one_readable_line():
    with pytest.raises(InputError, match=r"cannot listen on nowhere\.invalid"):
        async with serving(lambda *_: None, "nowhere.invalid"):
            pass


async def test_a_public_host_without_a_password_is_never_listened_on(view):
    service = Service(view)
    monitor = service.app.settings.monitor.model_copy(update={"web": WebOptions(host="0.0.0.0")})
    service.app.settings = type(view.config)(**{**vars(view.config), "monitor": monitor})
    with pytest.raises(InputError, match=r"web\.password"):
        async with serve(service):
            pass


async def test_the_signals_stay_with_whoever_runs_the_loop(view):
    before = signal.getsignal(signal.SIGTERM)
    async with serve(Service(view)) as address, httpx.AsyncClient(timeout=60) as client:
        await client.get(address)
        assert signal.getsignal(signal.SIGTERM) is before


async def test_leaving_before_the_first_request_ends_cleanly():
    async def app(scope, receive, send):
        raise AssertionError

    async with serving(app):
        pass
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []


def test_the_view_tells_what_the_service_says(view):
    seen = RunningView(Service(view))
    assert seen.rounds() == {"poll": NOW}
    assert seen.store is view.store
    assert seen.config_error() == ""
