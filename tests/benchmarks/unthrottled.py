"""The portal without its limits for bookings, which a measurement would reach in a minute."""

from starkestelle.wsgi import application  # noqa: F401 - gunicorn serves it, and the views wait for it

# isort: split
from contact import views

views.MOST_BOOKINGS = views.MOST_BOOKINGS_IN_ALL = float("inf")
