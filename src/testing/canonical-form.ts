/** The canonical form: a text that is equal for equal values, whatever they hold, so that states can be compared. */

/**
 * Writes any value as text. Keys are sorted; functions, actor references, machines and undefined properties are
 * left out, because they differ between two runs that agree; cycles, NaN, bigint, Date, Map, Set and Error survive.
 */
export function canonicalForm(value: unknown): string {
  return write(value, [])
}

function write(value: unknown, ancestors: readonly object[]): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return String(value)
    case 'bigint':
      return `${value}n`
    case 'object':
      return value === null ? 'null' : writeObject(value, ancestors)
    case 'function':
      return 'function'
    default:
      return String(value)
  }
}

function writeObject(value: object, ancestors: readonly object[]): string {
  if (isActorRef(value)) return 'actor'
  const depth = ancestors.indexOf(value)
  if (depth >= 0) return `cycle:${ancestors.length - depth}`
  const within = [...ancestors, value]
  if (Array.isArray(value)) return `[${value.map((item) => write(item, within)).join(',')}]`
  if (value instanceof Date) return `Date(${value.getTime()})`
  if (value instanceof RegExp) return String(value)
  if (value instanceof Set) return `Set${sorted([...value].map((item) => write(item, within)))}`
  if (value instanceof Map) {
    return `Map${sorted([...value].map(([key, item]) => `${write(key, within)}:${write(item, within)}`))}`
  }
  if (value instanceof Error) {
    // Name and message are no enumerable properties of an error.
    const shown = Object.assign({}, value, { name: value.name, message: value.message })
    return `Error${writeProperties(shown, within)}`
  }
  return writeProperties(value, within)
}

const sorted = (texts: readonly string[]) => `{${texts.toSorted().join(',')}}`

function writeProperties(value: object, within: readonly object[]): string {
  const properties: string[] = []
  for (const key of Object.keys(value).toSorted()) {
    const item = read(value, key)
    if (!isLeftOut(item)) properties.push(`${JSON.stringify(key)}:${write(item, within)}`)
  }
  return `{${properties.join(',')}}`
}

/** A getter may throw; that it does is then what is compared. */
function read(value: object, key: string): unknown {
  try {
    return Reflect.get(value, key)
  } catch (error) {
    return { threw: String(error) }
  }
}

const isLeftOut = (value: unknown) =>
  value === undefined ||
  typeof value === 'function' ||
  (typeof value === 'object' && value !== null && (isActorRef(value) || '__xstatenode' in value))

const isActorRef = (value: object) =>
  'sessionId' in value && 'send' in value && typeof value.send === 'function'
