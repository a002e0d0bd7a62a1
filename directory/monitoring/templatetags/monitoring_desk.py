from django import template

from directory.monitoring import desk

register = template.Library()


@register.simple_tag
def tasks(user):
    return desk.tasks(user)
