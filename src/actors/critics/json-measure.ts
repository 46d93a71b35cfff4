/** The depth and size of a JSON text, without building it. */

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a

/** One pass over the text. What is no JSON is measured as well; the parser refuses it afterwards. */
export function measureJson(text: string): { depth: number; values: number } {
  let depth = 0
  let deepest = 0
  let values = 1
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) at = endOfString(text, at)
    else if (unit === 0x5b || unit === 0x7b) {
      values++
      if (++depth > deepest) deepest = depth
    } else if (unit === 0x5d || unit === 0x7d) depth--
    else if (unit === COMMA || unit === COLON) values++
  }
  return { depth: deepest, values }
}

function endOfString(text: string, opening: number): number {
  for (let at = opening + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === BACKSLASH) at++
    else if (unit === QUOTE) return at
  }
  return text.length
}
