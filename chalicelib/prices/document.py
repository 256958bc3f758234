"""A price commitment as the document that both sides signed, kept as a PDF like complaints' letters."""

from datetime import datetime

from chalicelib import i18n
from chalicelib.communities import store as communities
from chalicelib.company import company
from chalicelib.complaints import letters
from chalicelib.errors import N_, NotFound
from chalicelib.ids import new_id
from chalicelib.portal import Portal
from chalicelib.prices import rules
from chalicelib.prices.models import Commitment

_CACHE = "private, max-age=31536000, immutable"
_TITLE = N_("Price commitment")
_FOR = N_("Home: %(home)s")
_UNTIL = N_("Valid until: %(day)s")
_LINE = N_("%(name)s: %(price)s yuan for each %(measure)s")
_OURS = N_("Signed for %(company)s: %(name)s, %(at)s")
_THEIRS = N_("Signed by the owner: %(name)s, %(at)s")
_NUMBER = N_("Document: %(id)s")


def lines(portal: Portal, one: Commitment, locale: str) -> tuple[str, list[str]]:
    """Its title and paragraphs."""
    say = i18n.translations(locale).gettext
    community = communities.get(portal.db, one.community_id)

    def at(moment: datetime | None) -> str:
        return f"{moment.astimezone(community.zone):%Y-%m-%d %H:%M} ({community.zone_name})" if moment else ""

    ours = {"company": company().name.in_(locale), "name": one.offered_name, "at": at(one.offered_at)}
    return say(_TITLE), [
        one.title,
        say(_FOR) % {"home": f"{community.name} · {one.unit_label}"},
        say(_UNTIL) % {"day": one.valid_until},
        say(_NUMBER) % {"id": one.id},
        "",
        *one.text.split("\n"),
        "",
        *(
            say(_LINE) % {"name": line.name, "price": rules.yuan(line.fen), "measure": line.measure}
            for line in one.lines
        ),
        "",
        say(_OURS) % ours,
        say(_THEIRS) % {"name": one.signed_name, "at": at(one.signed_at)},
    ]


def write(portal: Portal, one: Commitment, locale: str, now: datetime) -> str:
    """Make the document of a signed commitment and keep it; gives back its id, which no other document has."""
    from chalicelib.complaints import pdf  # few requests make documents

    letter_id = new_id(now)
    data = pdf.letter(*lines(portal, one, locale))
    portal.storage.write(letters.object_key(one.id, letter_id), data, "application/pdf", _CACHE)
    return letter_id


def url(portal: Portal, one: Commitment, origin: str | None, now: datetime) -> str:
    """A short-lived link to the document; raises NotFound where there is none yet."""
    if one.letter_id is None:
        raise NotFound
    return portal.storage.signed_url(letters.object_key(one.id, one.letter_id), now=now, origin=origin)
