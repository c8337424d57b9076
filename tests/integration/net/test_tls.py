from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.errors import FetchError, InputError
from monitor.model import Reason
from monitor.net import Net, NetOptions
from tests.servers import Authority, FakeResolver, HttpServer, Reply, authority

OPTIONS = NetOptions(allow_private=("127.0.0.1",))


@pytest.fixture(scope="module")
def ours() -> Authority:
    return authority()


def resolver() -> FakeResolver:
    return FakeResolver().on("news.example", ["127.0.0.1"])


async def fault(net: Net, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await net.get(url)
    assert caught.value.reason == Reason.TLS
    assert "\n" not in str(caught.value)
    return caught.value


async def test_a_pinned_address_is_verified_by_the_name_of_its_host(ours: Authority) -> None:
    async with HttpServer(ours.server("news.example")) as server:
        server.on("/feed", Reply(body=b"news"))
        async with Net(OPTIONS, resolver=resolver(), tls=ours.client()) as net:
            answer = await net.get(server.url("/feed", host="news.example"))
            assert answer.body == b"news"
            error = await fault(net, server.url("/feed"))
    assert "IP address mismatch" in str(error)
    assert server.requests[0].headers["host"] == f"news.example:{server.port}"


async def test_a_certificate_for_another_name_is_refused(ours: Authority) -> None:
    async with (
        HttpServer(ours.server("other.example")) as server,
        Net(OPTIONS, resolver=resolver(), tls=ours.client()) as net,
    ):
        error = await fault(net, server.url("/feed", host="news.example"))
    assert "certificate is not accepted: Hostname mismatch" in str(error)
    assert server.requests == []


async def test_an_expired_certificate_is_refused(ours: Authority) -> None:
    old = ours.server("news.example", not_after=datetime(2020, 1, 1, tzinfo=UTC))
    async with (
        HttpServer(old) as server,
        Net(OPTIONS, resolver=resolver(), tls=ours.client()) as net,
    ):
        error = await fault(net, server.url("/feed", host="news.example"))
    assert "certificate has expired" in str(error)


async def test_a_certificate_of_an_unknown_authority_is_refused(ours: Authority) -> None:
    async with (
        HttpServer(ours.server("news.example")) as server,
        Net(OPTIONS, resolver=resolver()) as net,
    ):
        error = await fault(net, server.url("/feed", host="news.example"))
    assert "certificate is not accepted" in str(error)


async def test_a_plain_server_on_a_tls_address_is_a_tls_fault() -> None:
    async with HttpServer() as server:
        server.on("/", Reply())
        async with Net(OPTIONS, resolver=resolver()) as net:
            address = server.url("/", host="news.example").replace("http:", "https:")
            error = await fault(net, address)
    assert "TLS failed" in str(error)


async def test_an_authority_of_ones_own_is_read_from_a_file(
    ours: Authority, tmp_path: Path
) -> None:
    file = tmp_path / "ca.pem"
    ours.ca.cert_pem.write_to_path(str(file))
    options = NetOptions(allow_private=("127.0.0.1",), ca_file=str(file))
    async with HttpServer(ours.server("news.example")) as server:
        server.on("/feed", Reply(body=b"news"))
        async with Net(options, resolver=resolver()) as net:
            assert (await net.get(server.url("/feed", host="news.example"))).body == b"news"


@pytest.mark.parametrize("content", [None, "rubbish"])
def test_an_authority_file_that_cannot_be_read_is_named(
    tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "ca.pem"
    if content:
        file.write_text(content)
    with pytest.raises(InputError, match=r"ca_file .*ca\.pem"):
        Net(NetOptions(ca_file=str(file)))
