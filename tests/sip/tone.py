"""Makes a tone and measures how much of a recording is that tone (Goertzel's algorithm)."""

import math
import struct
import wave
from pathlib import Path

RATE = 8000


def write_tone(path: Path, frequency: int, seconds: int) -> Path:
    """Write a mono 16-bit WAV file with one tone; return its path."""
    samples = (int(12_000 * math.sin(2 * math.pi * frequency * n / RATE)) for n in range(RATE * seconds))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(b"".join(struct.pack("<h", each) for each in samples))
    return path


def read_samples(path: Path) -> list[int]:
    """Return the samples of a mono 16-bit WAV file; a header that was never finished is no hindrance."""
    data = path.read_bytes()
    start = data.index(b"data") + 8
    body = data[start : start + (len(data) - start) // 2 * 2]
    return [each[0] for each in struct.iter_unpack("<h", body)]


def tone_share(samples: list[int], frequency: int) -> float:
    """Return which part of the power, 0 to 1, lies at `frequency`."""
    power = sum(each * each for each in samples)
    if power == 0:
        return 0.0
    coefficient = 2 * math.cos(2 * math.pi * frequency / RATE)
    previous = before = 0.0
    for each in samples:
        previous, before = each + coefficient * previous - before, previous
    strength = previous * previous + before * before - coefficient * previous * before
    return strength * 2 / (len(samples) * power)
