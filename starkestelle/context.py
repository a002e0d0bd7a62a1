"""What every page's frame shows."""


def site(request):
    return {}
