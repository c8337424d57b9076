"""The page: hits, sources, deliveries, health and metrics; loopback unless a password is set."""

from monitor.web.app import create_app, serve
from monitor.web.serving import serving
from monitor.web.view import ServiceView

__all__ = ["ServiceView", "create_app", "serve", "serving"]
