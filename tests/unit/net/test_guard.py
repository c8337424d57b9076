from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import FetchError
from monitor.model import Reason
from monitor.net.guard import Allowed, check, forbidden, literal

NOTHING = Allowed()


@pytest.mark.parametrize(
    ("address", "rule"),
    [
        ("8.8.8.8", ""),
        ("2606:4700:4700::1111", ""),
        ("127.0.0.1", "loopback"),
        ("10.1.2.3", "private"),
        ("172.31.255.255", "private"),
        ("192.168.0.1", "private"),
        ("100.64.0.1", "shared (carrier NAT)"),
        ("169.254.1.1", "link-local"),
        ("169.254.169.254", "cloud metadata"),
        ("100.100.100.200", "cloud metadata"),
        ("fd00:ec2::254", "cloud metadata"),
        ("168.63.129.16", "cloud metadata"),
        ("0.0.0.0", "unspecified"),
        ("0.1.2.3", "unspecified"),
        ("224.0.0.1", "multicast"),
        ("255.255.255.255", "reserved"),
        ("198.18.0.1", "reserved"),
        ("203.0.113.9", "reserved"),
        ("::1", "loopback"),
        ("::", "unspecified"),
        ("fe80::1", "link-local"),
        ("fe80::1%eth0", "link-local"),
        ("fc00::1", "private"),
        ("ff02::1", "multicast"),
        ("2001:db8::1", "reserved"),
        ("64:ff9b:1::1", "reserved"),
        ("4000::1", "reserved"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:8.8.8.8", ""),
        ("::ffff:0:127.0.0.1", "loopback"),
        ("::127.0.0.1", "loopback"),
        ("64:ff9b::7f00:1", "loopback"),
        ("64:ff9b::8.8.8.8", ""),
        ("64:ff9b::169.254.169.254", "cloud metadata"),
        ("2002:7f00:1::", "loopback"),
        ("2002:a00:1::1", "private"),
        ("2002:808:808::1", ""),
        ("2001:0:7f00:1::1", "loopback"),
        ("2001:0:808:808:0:0:80ff:fffe", "loopback"),
        ("2001:0:808:808:0:0:f7f7:f7f7", ""),
        ("2606::5efe:10.0.0.1", "private"),
        ("not an address", "malformed"),
    ],
)
def test_an_address_is_judged_by_what_it_carries(address: str, rule: str) -> None:
    assert forbidden(address) == rule


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.1", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("017700000001", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("[::1]", "::1"),
        ("news.example", ""),
        ("1.2.3.4.5", ""),
        ("127.0.0.1 x", ""),
    ],
)
def test_odd_spellings_of_an_address_are_read_as_the_c_library_reads_them(
    host: str, address: str
) -> None:
    assert literal(host) == address


PRIVATE = st.sampled_from(
    [
        ip_network(network)
        for network in (
            "127.0.0.0/8",
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "169.254.0.0/16",
            "100.64.0.0/10",
            "0.0.0.0/8",
            "224.0.0.0/3",
        )
    ]
).flatmap(lambda network: st.integers(int(network[0]), int(network[-1])).map(IPv4Address))


def _carriers(address: IPv4Address) -> list[str]:
    value = int(address)
    inside = {
        f"::ffff:{address}",
        f"::ffff:0:{address}",
        f"64:ff9b::{address}",
        str(IPv6Address(0x2002 << 112 | value << 80 | 0x1234)),
        str(IPv6Address(0x20010000 << 96 | value << 64 | 0xF7F7F7F7)),
        str(IPv6Address(0x20010000 << 96 | 0x08080808 << 64 | ~value & 0xFFFFFFFF)),
        str(IPv6Address(0x2606 << 112 | 0x00005EFE << 32 | value)),
        str(IPv6Address(0x2606 << 112 | 0x02005EFE << 32 | value)),
    }
    return sorted(inside)


@given(PRIVATE)
def test_no_transition_format_hides_a_private_address(address: IPv4Address) -> None:
    for text in [str(address), *_carriers(address)]:
        assert forbidden(text), text
        assert forbidden(ip_address(text).exploded), text


def _spelled(address: IPv4Address, base: list[str], parts: int) -> str:
    """Write ``address`` as 1 to 4 numbers, each in its base, as inet_aton reads them."""
    value = int(address)
    numbers = [value >> (24 - 8 * index) & 0xFF for index in range(parts - 1)]
    numbers.append(value & (1 << (32 - 8 * (parts - 1))) - 1)
    write = {"d": "{:d}", "x": "{:#x}", "X": "{:#X}", "o": "0{:o}"}
    return ".".join(write[kind].format(number) for kind, number in zip(base, numbers, strict=False))


@given(PRIVATE, st.lists(st.sampled_from("dxXo"), min_size=4, max_size=4), st.integers(1, 4))
def test_no_spelling_of_a_private_address_passes(
    address: IPv4Address, base: list[str], parts: int
) -> None:
    spelled = _spelled(address, base, parts)
    assert literal(spelled) == str(address)
    with pytest.raises(FetchError):
        check(spelled, (literal(spelled),), NOTHING)


@given(st.integers(0, 2**128 - 1).map(IPv6Address))
def test_an_address_outside_global_unicast_passes_only_for_what_it_carries(
    address: IPv6Address,
) -> None:
    if not forbidden(str(address)) and address not in ip_network("2000::/3"):
        assert not forbidden(str(IPv4Address(int(address) & 0xFFFFFFFF)))


@given(st.text(max_size=40))
def test_any_text_can_be_judged(text: str) -> None:
    assert isinstance(forbidden(text), str)
    spelled = literal(text)
    assert not spelled or forbidden(spelled) != "malformed"


def test_a_host_with_public_and_private_addresses_is_refused() -> None:
    with pytest.raises(FetchError, match="private address, beside public ones") as caught:
        check("news.example", ("8.8.8.8", "10.0.0.1"), NOTHING)
    assert caught.value.reason == Reason.REFUSED_ADDRESS


def test_the_refusal_names_host_address_rule_and_remedy() -> None:
    with pytest.raises(FetchError) as caught:
        check("news.example", ("127.0.0.1",), NOTHING)
    assert str(caught.value) == (
        "news.example (127.0.0.1) is a loopback address: not connected; "
        "list it under allow_private if it is meant"
    )


@pytest.mark.parametrize(
    ("entry", "host", "address", "passes"),
    [
        ("intranet.example", "intranet.example", "10.0.0.1", True),
        ("Intranet.Example", "intranet.example.", "10.0.0.1", True),
        ("intranet.example", "other.example", "10.0.0.1", False),
        ("10.0.0.1", "other.example", "10.0.0.1", True),
        ("10.0.0.0/8", "other.example", "10.9.9.9", True),
        ("10.0.0.0/8", "other.example", "192.168.0.1", False),
        ("127.0.0.1", "x", "::ffff:127.0.0.1", True),
        ("[::1]", "::1", "::1", True),
        ("metadata.example", "metadata.example", "169.254.169.254", False),
        ("group.example", "group.example", "224.0.0.1", False),
        ("169.254.169.254", "metadata.example", "169.254.169.254", True),
    ],
)
def test_a_name_allows_private_addresses_and_a_network_allows_its_own(
    entry: str,
    host: str,
    address: str,
    passes: bool,  # noqa: FBT001 - a column of the table
) -> None:
    allowed = Allowed.of((entry,))
    if passes:
        check(host, (address,), allowed)
    else:
        with pytest.raises(FetchError):
            check(host, (address,), allowed)


@pytest.mark.parametrize("entry", ["", "10.0.0.0/99", "http://x", "a b", "127.1", "x:80"])
def test_rubbish_in_the_allow_list_is_an_error(entry: str) -> None:
    with pytest.raises(ValueError, match="no host name, address or network"):
        Allowed.of((entry,))
