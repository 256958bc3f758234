"""China's public holidays and make-up workdays (调休), as announced. Written by `make holidays`.

Year → since when the portal knows it, the weekdays off, the weekends worked (MMDD). Years that are not in here are not
known: see `calendars.unknown_year`. `calendars` reads this.
"""

FIRST_YEAR = 2025
ANNOUNCED = {
    2025: (
        "2024-11-12",
        "0101 0128 0129 0130 0131 0203 0204 0404 0501 0502 0505 0602 1001 1002 1003 1006 1007 1008",
        "0126 0208 0427 0928 1011",
    ),
    2026: (
        "2025-11-04",
        "0101 0102 0216 0217 0218 0219 0220 0223 0406 0501 0504 0505 0619 0925 1001 1002 1005 1006 1007",
        "0104 0214 0228 0509 0920 1010",
    ),
}
