"""Pure decisions about people: phone numbers, masks, and caps against abuse."""

from collections.abc import Sequence

from chalicelib.errors import N_, Invalid

#: Without a prefix a number is taken as mainland China's.
HOME_REGION = "CN"
_PHONE_WORDS = N_("This is not a phone number we can reach. Example: 138 0013 8000, or +852 9123 4567.")
_NO_PHONE = N_("Please give a phone number.")


def parse_phone(text: str) -> str:
    """A phone number as E.164 ("+8613800000001"); raises Invalid for anything that is not one."""
    if not text.strip():
        raise Invalid.field("phone", "missing", _NO_PHONE)
    import phonenumbers  # 60 modules, which signing in and importing need and nothing else

    try:
        number = phonenumbers.parse(text[:40], HOME_REGION)
    except phonenumbers.NumberParseException as error:
        raise Invalid.field("phone", "bad_phone", _PHONE_WORDS) from error
    mobile = phonenumbers.PhoneNumberType.MOBILE  # codes go by text message
    found = phonenumbers.is_possible_number_for_type_with_reason(number, mobile)
    if found != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise Invalid.field("phone", "bad_phone", _PHONE_WORDS)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def mask_phone(phone: str) -> str:
    """Enough to recognise one's own number, too little to call it: "138****0001"."""
    local = phone.removeprefix("+86") if phone.startswith("+861") else phone
    keep = 3 if len(local) >= 10 else 2
    return f"{local[:keep]}****{local[-4:]}" if len(local) >= keep + 7 else f"{local[:1]}****"


def mask_email(address: str) -> str:
    """Enough of an address to recognise one's own: "l***@example.com"."""
    name, _, host = address.partition("@")
    return f"{name[:1]}***@{host}" if host else ""


def mask_name(name: str) -> str:
    """A name as others see it: the family name and a star, "王*"; of Latin names the first letter."""
    name = name.strip()
    return f"{name[0]}*" if name else "*"


def wait_for(hits: Sequence[int], now_s: int, limits: Sequence[tuple[int, int]]) -> int:
    """Seconds to wait until one more is allowed; 0 means now.

    `hits` are the moments (epoch seconds) of those before, `limits` pairs of (window in seconds, how many).
    """
    waits = [0]
    for window_s, most in limits:
        within = sorted(hit for hit in hits if hit > now_s - window_s)
        if len(within) >= most:
            waits.append(within[-most] + window_s - now_s)
    return max(waits)


def remember_hit(hits: Sequence[int], now_s: int, window_s: int) -> list[int]:
    """The hits that still count for the longest window, with this one."""
    return [*(hit for hit in hits if hit > now_s - window_s), now_s]
