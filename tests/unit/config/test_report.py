"""What ``monitor check`` finds in a configuration that is in order."""

from __future__ import annotations

from datetime import UTC, datetime

from monitor.config import load, report

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def test_counts_and_next_slots_in_each_subscriptions_zone(write, environ):
    found = report(load(write(), environ), NOW)

    assert found.counts == {
        "sources": 1,
        "sources enabled": 1,
        "watchlists": 1,
        "watches": 2,
        "subscriptions": 2,
        "channels": 2,
    }
    assert [(slot.subscription, slot.when, slot.at) for slot in found.slots] == [
        ("urgent", "instant", None),
        ("morning", "daily at 07:30", datetime(2026, 11, 24, 12, 30, tzinfo=UTC)),
    ]
    assert found.slots[1].time_zone == "America/New_York"
    assert found.warnings == ()


def test_everything_that_may_have_been_overlooked_is_a_warning(write, environ):
    changes = {
        "monitor.yaml": "channels:\n  - {id: mailbox, kind: mailbox}\n  - {id: spare, kind: mailbox}",
        "sources.yaml": (
            "sources:\n"
            "  - {id: one, url: 'https://one.example.org/feed'}\n"
            "  - {id: two, url: 'https://one.example.org/feed/', enabled: false}\n"
        ),
        "subscriptions.yaml": (
            "subscriptions:\n"
            "  - {id: nothing, priorities: [low], when: instant, to: [{channel: mailbox}]}\n"
            "  - {id: high, priorities: [high], when: instant, to: [{channel: mailbox}]}\n"
        ),
        "watchlists/empty.yaml": "watchlist: empty",
    }
    warnings = report(load(write(changes), environ), NOW).warnings
    assert warnings == (
        "subscription 'nothing': it selects no watch",
        "watch 'sample-board': nobody subscribes to it",
        "channel 'spare': no subscription uses it",
        "source 'two': disabled, it is not polled",
        "sources 'one', 'two': the same address",
        "watchlist 'empty': it has no watches",
        "net.contact is not set: servers cannot tell whom to write to, and may block us",
    )


def test_a_configuration_without_sources_is_worth_a_warning(write, environ):
    warnings = report(load(write({"sources.yaml": "sources: []"}), environ), NOW).warnings
    assert "there is no source to poll" in warnings
