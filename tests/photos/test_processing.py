"""From what phones send to what people see."""

import io

import pytest
from PIL import Image, ImageChops, ImageStat

from chalicelib.photos.processing import ProcessedPhoto, process
from tests.factories_photos import (
    CORNERS,
    make_exif,
    make_photo,
    make_picture,
    make_swapped_profile,
)

GREY_CORNERS = tuple((round(0.299 * r + 0.587 * g + 0.114 * b),) * 3 for r, g, b in CORNERS)
KINDS = ["JPEG", "PNG", "WEBP", "HEIC"]


def _opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    assert image.format == "WEBP"
    return image.convert("RGB")


def _corners(image: Image.Image) -> list[tuple[int, ...]]:
    w, h = image.size
    spots = [(w // 4, h // 4), (3 * w // 4, h // 4), (w // 4, 3 * h // 4), (3 * w // 4, 3 * h // 4)]
    return [tuple(image.getpixel(spot)) for spot in spots]  # type: ignore[arg-type]


def _is_near(found: tuple[int, ...], wanted: tuple[int, ...], within: int = 16) -> bool:
    return all(abs(a - b) <= within for a, b in zip(found, wanted, strict=True))


def _shows(photo: ProcessedPhoto, corners: tuple[tuple[int, ...], ...] = CORNERS) -> bool:
    views = [_corners(_opened(photo.full)), _corners(_opened(photo.thumb))]
    return all(_is_near(a, b) for view in views for a, b in zip(view, corners, strict=True))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_way_of_holding_the_phone_ends_upright(kind: str, orientation: int) -> None:
    photo = process(make_photo(kind=kind, orientation=orientation))
    assert (photo.width, photo.height) == (64, 48)
    assert _shows(photo)


@pytest.mark.parametrize("kind", KINDS)
def test_no_metadata_is_left_in_either_picture(kind: str) -> None:
    original = make_photo(kind=kind, xmp=b"<x:xmpmeta>secret</x:xmpmeta>", icc_profile=make_swapped_profile())
    assert b"Example Phones" in original
    photo = process(original)
    for data in (photo.full, photo.thumb):
        image = Image.open(io.BytesIO(data))
        assert not {"exif", "xmp", "icc_profile"} & image.info.keys()
        assert not any(word in data for word in (b"Example", b"EXIF", b"XMP ", b"ICCP", b"secret"))


@pytest.mark.parametrize("kind", KINDS)
def test_large_photos_shrink_to_1600_and_320_pixels_in_proportion(kind: str) -> None:
    photo = process(make_photo(kind=kind, picture=make_picture(size=(1000, 2000))))
    assert (photo.width, photo.height) == (800, 1600)
    assert _opened(photo.full).size == (800, 1600)
    assert _opened(photo.thumb).size == (160, 320)


def test_small_photos_are_never_enlarged() -> None:
    photo = process(make_photo(picture=make_picture(size=(300, 200))))
    assert _opened(photo.full).size == _opened(photo.thumb).size == (300, 200)


def test_a_very_thin_photo_keeps_at_least_one_pixel() -> None:
    photo = process(make_photo(kind="PNG", picture=make_picture(size=(5000, 2))))
    assert (_opened(photo.full).size, _opened(photo.thumb).size) == ((1600, 1), (320, 1))


@pytest.mark.parametrize("kind", KINDS)
def test_colours_of_another_profile_become_plain_srgb(kind: str) -> None:
    seen = process(make_photo(kind=kind, icc_profile=make_swapped_profile()))
    red, green, blue, white = CORNERS
    assert _shows(seen, (red[1::-1] + red[2:], green[1::-1] + green[2:], blue, white))


def test_a_broken_profile_costs_no_photo() -> None:
    photo = process(make_photo(icc_profile=b"not a profile at all"))
    assert _shows(photo)
    assert b"ICCP" not in photo.full + photo.thumb


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("exif", [b"Exif\0\0garbage", make_exif(orientation=6)[:-30], b"Exif\0\0", b"x"])
def test_broken_exif_costs_no_photo(exif: bytes) -> None:
    out = io.BytesIO()
    make_picture().save(out, "JPEG", exif=exif)
    assert process(out.getvalue()).width in (64, 48)


def _png(image: Image.Image, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", **options)
    return out.getvalue()


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "LA"])
def test_every_mode_of_png_becomes_an_ordinary_picture(mode: str) -> None:
    picture = make_picture().quantize(16) if mode == "P" else make_picture(mode=mode)
    assert _shows(process(_png(picture)), GREY_CORNERS if "L" in mode else CORNERS)


def test_black_and_white_png_keeps_its_shape() -> None:
    picture = make_picture(mode="L").point(lambda value: 255 if value > 128 else 0).convert("1")
    black, white = (0, 0, 0), (255, 255, 255)
    assert _shows(process(_png(picture)), (black, black, black, white))


def test_sixteen_bit_grey_keeps_its_shades() -> None:
    photo = process(_png(Image.new("I;16", (64, 48), 128 * 256)))
    assert _is_near(_corners(_opened(photo.full))[0], (128, 128, 128), 3)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIC"])
def test_transparency_becomes_white(kind: str) -> None:
    photo = process(make_photo(kind=kind, picture=Image.new("RGBA", (64, 48), (0, 0, 0, 0))))
    assert _is_near(_corners(_opened(photo.full))[0], (255, 255, 255), 3)


@pytest.mark.parametrize("mode", ["P", "RGB", "L"])
def test_a_key_colour_becomes_white(mode: str) -> None:
    key: object = {"P": 0, "RGB": (0, 0, 0), "L": 0}[mode]
    photo = process(_png(Image.new(mode, (64, 48), 0), transparency=key))
    assert _is_near(_corners(_opened(photo.full))[0], (255, 255, 255), 3)


@pytest.mark.parametrize("mode", ["CMYK", "L", "YCbCr"])
def test_every_mode_of_jpeg_becomes_an_ordinary_picture(mode: str) -> None:
    photo = process(make_photo(picture=make_picture(mode=mode)))
    assert _shows(photo, GREY_CORNERS if mode == "L" else CORNERS)


def test_a_progressive_jpeg_is_taken() -> None:
    assert _shows(process(make_photo(progressive=True)))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_an_animation_the_first_frame_is_kept(kind: str) -> None:
    others = [Image.new("RGB", (64, 48), "black")] * 2
    assert _shows(process(make_photo(kind=kind, save_all=True, append_images=others, duration=100)))


@pytest.mark.parametrize("orientation", [1, 6])
def test_of_a_jpeg_with_several_pictures_the_first_is_kept(orientation: int) -> None:
    gain_map = Image.new("L", (32, 24), "black")
    data = make_photo(kind="MPO", orientation=orientation, save_all=True, append_images=[gain_map])
    assert _shows(process(data))


def test_shrinking_early_loses_nothing_that_one_would_see() -> None:
    picture = Image.effect_mandelbrot((2400, 1800), (-2, -1.5, 1, 1.5), 60).convert("RGB")
    data = make_photo(picture=picture, quality=92)
    plain = Image.open(io.BytesIO(data))
    plain.thumbnail((1600, 1600), Image.Resampling.LANCZOS, reducing_gap=None)
    difference = ImageStat.Stat(ImageChops.difference(plain, _opened(process(data).full)))
    assert max(difference.rms) < 6
