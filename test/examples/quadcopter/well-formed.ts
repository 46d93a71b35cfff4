/** Whether a text is XML whose elements open and close in order, with quoted attributes and escaped text. */

const TAG = /<(\/?)([A-Za-z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/y

export function wellFormed(xml: string): boolean {
  const open: string[] = []
  let at = 0
  while (at < xml.length) {
    if (xml[at] !== '<') {
      const end = xml.indexOf('<', at)
      const text = xml.slice(at, end === -1 ? xml.length : end)
      if (/&(?!amp;|lt;|gt;|quot;)/.test(text) || (open.length === 0 && text.trim() !== '')) return false
      at += text.length
      continue
    }
    TAG.lastIndex = at
    const tag = TAG.exec(xml)
    if (!tag) return false
    const [whole, closing, name, , selfClosing] = tag
    if (closing) {
      if (open.pop() !== name) return false
    } else if (!selfClosing && name) open.push(name)
    at += whole.length
  }
  return open.length === 0
}
