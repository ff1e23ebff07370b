"""The oracle of coefficient tests: a baseline Huffman decoder straight from Rec. ITU-T T.81, slow and independent."""

import struct

import numpy as np

ZIGZAG = (
    *(0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5),
    *(12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28),
    *(35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51),
    *(58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63),
)


class Bits:
    def __init__(self, data: bytes) -> None:
        self.bits = "".join(f"{byte:08b}" for byte in data)
        self.at = 0

    def symbol(self, table: dict[str, int]) -> int:
        for length in range(1, 17):
            code = self.bits[self.at : self.at + length]
            if code in table:
                self.at += length
                return table[code]
        raise ValueError("no such code")

    def number(self, size: int) -> int:
        if size == 0:
            return 0
        value = int(self.bits[self.at : self.at + size], 2)
        self.at += size
        return value if value >> (size - 1) else value - (1 << size) + 1


def huffman_tables(body: bytes) -> dict[int, dict[str, int]]:
    tables = {}
    while body:
        counts, symbols, code, table = body[1:17], iter(body[17:]), 0, {}
        for length, count in enumerate(counts, 1):
            for _ in range(count):
                table[f"{code:0{length}b}"] = next(symbols)
                code += 1
            code <<= 1
        tables[body[0]] = table
        body = body[17 + sum(counts) :]
    return tables


def block(bits: Bits, dc: dict[str, int], ac: dict[str, int], prediction: int) -> np.ndarray:
    values = np.zeros(64)
    values[0] = prediction + bits.number(bits.symbol(dc))
    index = 1
    while index < 64:
        run_and_size = bits.symbol(ac)
        if run_and_size == 0:
            break
        index += run_and_size >> 4
        if run_and_size & 15:
            values[ZIGZAG[index]] = bits.number(run_and_size & 15)
        index += 1
    return values.reshape(8, 8)


def coefficients(jpeg: bytes) -> list[np.ndarray]:
    """Quantised coefficients of each component, (8 * block rows, 8 * block columns), with the dummy blocks."""
    huffman: dict[int, dict[str, int]] = {}
    at = 2
    while True:
        marker, length = jpeg[at + 1], struct.unpack_from(">H", jpeg, at + 2)[0]
        body, at = jpeg[at + 4 : at + 2 + length], at + 2 + length
        if marker == 0xC4:
            huffman |= huffman_tables(body)
        elif marker == 0xC0:
            height, width = struct.unpack_from(">HH", body, 1)
            factors = [(body[7 + 3 * index] >> 4, body[7 + 3 * index] & 15) for index in range(body[5])]
        elif marker == 0xDA:
            selectors = [body[2 + 2 * index] for index in range(body[0])]
            break
    if len(factors) == 1:
        factors = [(1, 1)]  # the factors of an only component mean nothing (A.2.2)
    wide, high = max(factor[0] for factor in factors), max(factor[1] for factor in factors)
    rows, columns = -(-height // (8 * high)), -(-width // (8 * wide))
    bits = Bits(jpeg[at:].replace(b"\xff\x00", b"\xff"))
    planes = [np.zeros((rows * down * 8, columns * across * 8)) for across, down in factors]
    predictions = [0] * len(factors)
    for unit in np.ndindex(rows, columns):
        for index, (across, down) in enumerate(factors):
            dc, ac = huffman[selectors[index] >> 4], huffman[0x10 | selectors[index] & 15]
            for inner in np.ndindex(down, across):
                values = block(bits, dc, ac, predictions[index])
                predictions[index] = int(values[0, 0])
                top, left = 8 * (unit[0] * down + inner[0]), 8 * (unit[1] * across + inner[1])
                planes[index][top : top + 8, left : left + 8] = values
    return planes
