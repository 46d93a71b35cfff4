/** Markdown images whose address carries data away: showing the image sends it. */

/** Longer values of a query carry data; a width or a version is shorter. */
const VALUE_MIN = 24
/** How injections write "put the data here". */
const TEMPLATE = /[{<$]/

const ADDRESS = /\]\(\s{0,4}<?(https?:\/\/[^\s()[\]"]{1,2000})(\[?)/iy
const ALT_MAX = 300

export function* imageExfiltrationIn(
  text: string,
): Generator<{ rule: string; weight: number; start: number }> {
  for (let at = text.indexOf(']('); at >= 0; at = text.indexOf('](', at + 2)) {
    ADDRESS.lastIndex = at
    const found = ADDRESS.exec(text)
    if (found === null) continue
    const start = imageStart(text, at)
    // A bracket ends the address early: [DATA] is how injections write "put the data here".
    if (start !== undefined && (found[2] === '[' || isLeaking(found[1] ?? '')))
      yield { rule: 'injection.image_exfiltration', weight: 0.8, start }
  }
}

/** The `![` that belongs to a `](`; what stands between holds no bracket, so nothing is read twice. */
function imageStart(text: string, at: number): number | undefined {
  let start = at - 1
  while (start >= 0 && at - start <= ALT_MAX && !'[]'.includes(text.charAt(start))) start--
  return text.charAt(start) === '[' && text.charAt(start - 1) === '!' ? start - 1 : undefined
}

/** Read part by part: one pattern over the whole would take quadratic time on an address of question marks. */
function isLeaking(address: string): boolean {
  const [path = '', ...rest] = address.split('#', 1).join('').split('?')
  if (/\/[{<$]/.test(path)) return true
  const values = rest
    .join('?')
    .split('&')
    .map((part) => part.slice(part.indexOf('=') + 1))
  return values.some((value) => value.length >= VALUE_MIN || TEMPLATE.test(value))
}
