"""The portal without its front cache: every page is computed, as a page is that nobody asked for lately."""

from starkestelle.wsgi import application as cached

application = cached.application
