/** Whether a value looks as if chance had made it. */

/** Bits per character; English words and identifiers of this length stay below, base64 and hex keys above. */
const ENTROPY_MIN = 3
/** A random key goes back and forth between letters and digits; an identifier such as `handler2` does so once. */
const SWITCHES_MIN = 3

export function looksRandom(value: string): boolean {
  return switches(value) >= SWITCHES_MIN && entropyOf(value) >= ENTROPY_MIN
}

/** Used anew by each call: a hostile text holds tens of thousands of values. */
const counts = new Uint16Array(0x80)

/** Shannon entropy of ASCII text in bits per character: -sum of p log2 p. */
export function entropyOf(value: string): number {
  counts.fill(0)
  for (let at = 0; at < value.length; at++) {
    const unit = value.charCodeAt(at) & 0x7f
    counts[unit] = (counts[unit] ?? 0) + 1
  }
  let bits = 0
  for (const count of counts) if (count > 0) bits -= (count / value.length) * Math.log2(count / value.length)
  return bits
}

function switches(value: string): number {
  let count = 0
  for (let at = 1; at < value.length; at++) {
    const was = value.charCodeAt(at - 1)
    const is = value.charCodeAt(at)
    if ((isDigit(was) && isLetter(is)) || (isLetter(was) && isDigit(is))) count++
  }
  return count
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39
}

function isLetter(unit: number): boolean {
  const letter = unit | 0x20
  return letter >= 0x61 && letter <= 0x7a
}
