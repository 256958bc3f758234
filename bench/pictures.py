"""Photos as a phone makes them, generated: soft areas, hard edges, noise, upright only by EXIF."""

import io

from PIL import Image, ImageDraw


def scene(*, width: int, height: int) -> Image.Image:
    """A picture with gradients, hard edges and a little noise, as rooms have; another one each time."""
    small = Image.effect_noise((width // 16, height // 16), 60).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    grain = Image.effect_noise((width, height), 12)
    ramp = Image.linear_gradient("L").resize((width, height), Image.Resampling.BILINEAR)
    picture = Image.merge("RGB", (Image.blend(small, ramp, 0.5), small, Image.blend(ramp, grain, 0.3)))
    pen = ImageDraw.Draw(picture)
    for n in range(1, 12):
        pen.line(
            (width * n // 12, 0, width // 2, height), fill=(20 * n, 40, 255 - 20 * n), width=width // 200
        )
        pen.rectangle((width * n // 14, height // 3, width * n // 14 + width // 40, height // 2), outline=0)
    return picture


def phone_photo(picture: Image.Image, *, quality: int, orientation: int = 6) -> bytes:
    """A JPEG of it with EXIF that says how the phone was held."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Example Phones", orientation
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, exif=exif.tobytes())
    return out.getvalue()
