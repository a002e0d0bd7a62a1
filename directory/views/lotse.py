"""The pages of the Lotse: a question each, the summary and the route. All answers live in the URL."""

from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from directory import lotse
from directory.filters import OfferFilter, finder_path
from directory.parameters import AnswerFilter
from directory.views.selection import SelectionView

SLUGS = [question.slug for question in lotse.QUESTIONS]


class LotseFilter(OfferFilter):
    """The answers so far."""

    gefahr = AnswerFilter("Gefahr", lotse.Danger)
    wen = AnswerFilter("Betroffen", lotse.Person)

    FACETS = ("gefahr", "wen", "bedrohung", "hilfe")

    def one(self, name):
        return next(iter(self.chosen.get(name, ())), "")

    @property
    def answers(self) -> lotse.Answers:
        areas = self.where.areas
        return lotse.Answers(
            person=lotse.Person(self.one("wen")) if self.one("wen") else None,
            threats=tuple(self.chosen.get("bedrohung", ())),
            supports=tuple(self.chosen.get("hilfe", ())),
            area=areas[0] if len(areas) == 1 else None,
        )

    @property
    def place_is_open(self) -> bool:
        """The place typed is unknown, one of several, or not in the Land chosen: ask again."""
        return bool(self.where.unknown or self.where.choices or self.where.elsewhere)

    def said(self, question) -> list[str]:
        """What was answered to a question, as the summary shows it."""
        if question.slug == "wo":
            return [self.where.label or self.place] if self.where.areas or self.place else []
        [name] = question.parameters
        return [self._label(name, value) for value in self.chosen.get(name, ())]

    def options(self, question) -> list[dict]:
        """What can be answered to a question that is no free text."""
        if question.slug == "wo":
            return []
        [name] = question.parameters
        terms = self.filters[name].terms(self.catalogue)
        return [
            {
                "value": value,
                "label": self._label(name, value),
                "hint": getattr(term, "description", ""),
                "chosen": value in self.chosen.get(name, ()),
            }
            for value, term in terms.items()
        ]

    def others(self, question) -> list[tuple[str, str]]:
        """The answers to the other questions, for hidden fields."""
        names = [name for name in self.filters if name not in question.parameters]
        return [(name, value) for name in names for value in self.chosen.get(name, ())]

    def summary_rows(self):
        """(question, answers, address of the question with all answers)."""
        return [(question, self.said(question), self.url(page_path(question.slug))) for question in lotse.QUESTIONS]


def page_path(slug):
    """The path of a page; the first question is the Lotse's own."""
    return reverse("directory:lotse") if slug == SLUGS[0] else reverse("directory:lotse_page", args=[slug])


def after(slug):
    """The page that follows a question: the next one, after the last the route."""
    return [*SLUGS[1:], "weg"][SLUGS.index(slug)]


class LotseView(SelectionView):
    """A page that knows the answers; links in its notices lead to the page `following`."""

    filterset_class = LotseFilter
    following = "weg"
    needs_place = True  # whether a place that is not clear must be cleared up before

    def get_filterset_kwargs(self, filterset_class):
        return super().get_filterset_kwargs(filterset_class) | {"path": page_path(self.following)}

    def render_to_response(self, context, **kwargs):
        if self.needs_place and self.filterset.place_is_open and not self.filterset.successor:
            return HttpResponseRedirect(self.filterset.url(page_path("wo")))
        return super().render_to_response(context, **kwargs)


class QuestionView(LotseView):
    def setup(self, request, page=SLUGS[0]):
        super().setup(request)
        if page not in SLUGS:
            raise Http404
        self.number = SLUGS.index(page)
        self.question = lotse.QUESTIONS[self.number]
        self.following = after(page)
        self.needs_place = self.number > SLUGS.index("wo")

    def get_template_names(self):
        return [self.question.template]

    def get_context_data(self, **kwargs):
        answers = self.filterset
        removed = dict.fromkeys(self.question.parameters, "")
        return super().get_context_data(
            question=self.question,
            number=self.number + 1,
            total=len(SLUGS),
            options=answers.options(self.question),
            others=answers.others(self.question),
            action=page_path(self.following),
            route=answers.url(page_path("weg")),
            skip=answers.url(**removed),
            back=answers.url(page_path(SLUGS[self.number - 1])) if self.number else "",
            **kwargs,
        )


class AnswersView(LotseView):
    """All answers, each with the way to change it."""

    template_name = "directory/lotse/answers.html"


class RouteView(LotseView):
    template_name = "directory/lotse/route.html"

    def get_context_data(self, **kwargs):
        answers = self.filterset.answers
        current = self.filterset.catalogue
        return super().get_context_data(
            answers=answers,
            in_danger=self.filterset.one("gefahr") == lotse.Danger.YES,
            parts=lotse.route(current, answers, timezone.now()),
            threats=[term for slug in answers.threats if (term := current.threat_types[slug]).first_steps],
            ask_place=self.filterset.url(page_path("wo")),
            all_offers=self.filterset.url(finder_path(), gefahr="", wen=""),
            **kwargs,
        )


class EmergencyView(LotseView):
    """Somebody is in danger: 110 before anything else."""

    template_name = "directory/lotse/emergency.html"
    following = SLUGS[1]
    needs_place = False


class HouseholdView(TemplateView):
    """A page to print for those at home. It names nobody."""

    template_name = "directory/lotse/household.html"
