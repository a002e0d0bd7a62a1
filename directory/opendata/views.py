"""The page about our data, and every file that it names."""

from directory.opendata import edition as editions
from directory.opendata import package as packages
from directory.opendata.responses import open_data, send, send_file


@open_data
def file(request, name):
    return send_file(request, editions.current().files[name])


@open_data
def package(request):
    return send(request, packages.data_package(editions.current()), packages.CONTENT_TYPE)
