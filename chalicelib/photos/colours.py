"""Whatever colours a picture file came with, made into plain opaque 8-bit sRGB."""

import io

from PIL import Image


def mixable(image: Image.Image) -> Image.Image:
    """In a mode whose neighbouring pixels can be averaged: no palette, no key colour, 8 bits."""
    if image.mode.startswith(("I", "F")):
        return _eight_bit(image)
    if image.mode in ("RGBA", "LA", "CMYK"):
        return image
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in ("RGB", "L") else image.convert("RGB")


def plain(image: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB on white, in the colours of sRGB; `profile` is the ICC profile that the file carried."""
    return _srgb(_on_white(image), profile)


def _eight_bit(image: Image.Image) -> Image.Image:
    """16-bit grey to 8-bit; plain `convert` would clip everything above 255 to white."""
    return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode not in ("RGBA", "LA"):
        return image
    rgba = image.convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(rgba, mask=rgba.getchannel("A"))
    return white


def _srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Plain sRGB, converted from the embedded profile where there is a usable one."""
    if profile:
        from PIL import ImageCms

        try:
            source, target = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
            return ImageCms.profileToProfile(image, source, target, outputMode="RGB") or image
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile costs a shade of colour, not the photo
    return image.convert("RGB")
