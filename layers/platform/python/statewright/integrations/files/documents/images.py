"""Images: what they are, and other sizes and formats of them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from statewright.integrations.files.documents import bounds

MAX_PIXELS = 60_000_000
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
"""Formats that Pillow reads by itself: no PostScript, no plug-ins that run other programs."""
_OPAQUE = frozenset({"JPEG", "BMP"})


def read(job: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Facts of an image; with ``to``, a changed one is written there first."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        image: Image.Image = Image.open(job["file"], formats=_FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise bounds.TooMuchError(f"the image has more than {MAX_PIXELS:,} pixels") from None
    except UnidentifiedImageError:
        raise bounds.WrongError("no image of a known format") from None
    frames, found = getattr(image, "n_frames", 1), str(image.format)
    wanted = str(job.get("format") or found).upper()
    if job.get("to"):
        image = _changed(image, job)
        if wanted in _OPAQUE:
            image = image.convert("RGB")
        image.save(job["to"], format=wanted, quality=job.get("quality") or 85)
    yield {
        "format": (wanted if job.get("to") else found).lower(),
        "width": image.width,
        "height": image.height,
        "mode": image.mode,
        "frames": 1 if job.get("to") else frames,
    }


def _changed(image: Image.Image, job: dict[str, Any]) -> Image.Image:
    """Upright, and in the wanted size: fitted into it, cut to it, or stretched."""
    upright = ImageOps.exif_transpose(image)
    width, height = int(job.get("width") or 0), int(job.get("height") or 0)
    if not width and not height:
        return upright
    width = width or max(1, round(upright.width * height / upright.height))
    height = height or max(1, round(upright.height * width / upright.width))
    if width * height > MAX_PIXELS:
        raise bounds.TooMuchError(f"the image would have more than {MAX_PIXELS:,} pixels")
    match job.get("fit") or "contain":
        case "cover":
            return ImageOps.fit(upright, (width, height))
        case "stretch":
            return upright.resize((width, height))
    return ImageOps.contain(upright, (width, height))
