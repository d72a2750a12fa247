"""The portal: pages over what is stored. `create_app(PortalSettings.of(home))` makes it."""

from hpf.portal.app import create_app
from hpf.portal.settings import PortalSettings

__all__ = ["PortalSettings", "create_app"]
