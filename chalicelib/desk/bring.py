"""What to bring to a job, by category: it saves the way back. A company may say it in its own words."""

from chalicelib.company import company
from chalicelib.errors import N_
from chalicelib.i18n import translations

_BRING = {
    "gas": N_("Gas detector, soapy water, no phone in the room"),
    "electric_shock": N_("Voltage tester, insulated gloves, insulating tape"),
    "lift_trapped": N_("Lift release key, torch, two-way radio"),
    "fire": N_("Extinguisher, torch, master keys"),
    "flooding": N_("Valve key, pump, buckets, mop"),
    "plumbing": N_("Wrench, sealing tape, bucket, spare hose"),
    "electrical": N_("Voltage tester, screwdrivers, insulating tape, lamps"),
    "lift": N_("Lift key, torch, warning sign"),
    "wall_seepage": N_("Moisture meter, torch, sealant, ladder"),
    "doors_windows": N_("Screwdrivers, hinges, oil, rubber seal"),
    "public_area": N_("Toolbox, barrier tape, master keys"),
    "noise": N_("Sound meter"),
    "cleaning": N_("Gloves, bags, broom, cleaner"),
    "greening": N_("Shears, gloves, hose"),
    "parking": N_("Master keys, traffic cone"),
    "delivery_defect": N_("Camera, tape measure, handover papers"),
}


def bring(category_id: str, locale: str) -> str | None:
    """The things in words, or None where nothing in particular is needed."""
    own = company().bring.get(category_id)
    if own:
        return own.in_(locale)
    words = _BRING.get(category_id)
    return translations(locale).gettext(words) if words else None
