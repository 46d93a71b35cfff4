/** Draws a statechart as a Mermaid stateDiagram-v2, from the machine itself. */

/** What is read of a machine; every XState machine has it. */
export type Chart = { readonly root: ChartNode }

export type ChartNode = {
  readonly id: string
  readonly key: string
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history'
  readonly states: Readonly<Record<string, ChartNode>>
  readonly initial?: { readonly target?: readonly { readonly id: string }[] | undefined } | undefined
  readonly transitions: ReadonlyMap<string, readonly ChartTransition[]>
  readonly always?: readonly ChartTransition[] | undefined
  readonly invoke: readonly { readonly id: string; readonly src: unknown }[]
}

export type ChartTransition = {
  /** None for a transition that only acts. */
  readonly target?: readonly { readonly id: string }[] | undefined
  readonly guard?: unknown
}

/** The diagram, ending with a newline. A compound state is drawn as a box, its own transitions outside the box. */
export function mermaidOf(machine: Chart): string {
  const { root } = machine
  const lines = ['stateDiagram-v2', ...declared(root, '  '), ...drawn(root, invokedIn(root))]
  return `${lines.join('\n')}\n`
}

/** States with their boxes, labels, starts and ends. */
function declared(node: ChartNode, indent: string): string[] {
  const own = idOf(node.id)
  const heading = `${indent}state "${labelOf(node)}" as ${own}`
  const children = Object.values(node.states)
  if (children.length === 0) return [heading]
  const inner = `${indent}  `
  const starts = (node.initial?.target ?? []).map((target) => `${inner}[*] --> ${idOf(target.id)}`)
  const ends = children
    .filter((child) => child.type === 'final')
    .map((child) => `${inner}${idOf(child.id)} --> [*]`)
  // Regions of a parallel state are kept apart by a line of dashes.
  const between = node.type === 'parallel' ? [`${inner}--`] : []
  const boxes = children.flatMap((child, index) => [...(index > 0 ? between : []), ...declared(child, inner)])
  return [`${heading} {`, ...(node.type === 'parallel' ? [] : starts), ...boxes, ...ends, `${indent}}`]
}

/** Every arrow of a state and of the states in it. */
function drawn(node: ChartNode, invoked: ReadonlyMap<string, string>): string[] {
  const arrow = (label: string) => (transition: ChartTransition) => {
    const text = `${label}${guardOf(transition.guard)}`
    return (transition.target ?? [node]).map(
      (target) => `  ${idOf(node.id)} --> ${idOf(target.id)} : ${text}`,
    )
  }
  return [
    ...[...node.transitions].flatMap(([event, transitions]) =>
      transitions.flatMap(arrow(eventLabel(event, invoked))),
    ),
    ...(node.always ?? []).flatMap(arrow('always')),
    ...Object.values(node.states).flatMap((child) => drawn(child, invoked)),
  ]
}

/** The names of all invoked actors by their ids, which XState may have made up. */
function invokedIn(node: ChartNode): ReadonlyMap<string, string> {
  return new Map([
    ...node.invoke.map(({ id, src }) => [id, sourceOf(src, id)] as const),
    ...Object.values(node.states).flatMap((child) => [...invokedIn(child)]),
  ])
}

const sourceOf = (src: unknown, id: string): string => (typeof src === 'string' ? src : id)

function labelOf(node: ChartNode): string {
  const invokes = node.invoke.map(({ id, src }) => sourceOf(src, id))
  const history = node.type === 'history' ? ' (history)' : ''
  return escaped(`${node.key}${history}${invokes.length > 0 ? ` / invoke ${invokes.join(', ')}` : ''}`)
}

function eventLabel(event: string, invoked: ReadonlyMap<string, string>): string {
  const [, kind, rest = ''] =
    /^xstate\.(after|done\.actor|error\.actor|snapshot|done\.state)\.(.*)$/.exec(event) ?? []
  if (kind === undefined) return event === '*' ? 'any event' : escaped(event)
  const actor = rest === '*' ? 'any actor' : escaped(invoked.get(rest) ?? rest)
  // The event of a delay is `xstate.after.<delay>.<state id>`; delays have names or milliseconds, without dots.
  if (kind === 'after') return `after ${escaped(rest.split('.')[0] ?? '')}${/^\d+\./.test(rest) ? ' ms' : ''}`
  if (kind === 'done.state') return 'done'
  if (kind === 'snapshot') return `${actor} changes`
  return kind === 'done.actor' ? `${actor} done` : `${actor} fails`
}

function guardOf(guard: unknown): string {
  if (guard === undefined || guard === null) return ''
  if (typeof guard === 'string') return ` [${escaped(guard)}]`
  if (typeof guard === 'function') return ` [${escaped(guard.name || 'condition')}]`
  const type = typeof guard === 'object' && 'type' in guard ? guard.type : undefined
  return ` [${escaped(typeof type === 'string' ? type : 'condition')}]`
}

/** An id Mermaid can read and does not mistake for a keyword; different state ids stay different. */
const idOf = (id: string): string =>
  `s_${id.replaceAll(/[^a-zA-Z\d]/g, (sign) => (sign === '.' ? '__' : `_${sign.codePointAt(0)}_`))}`

/** Mermaid ends a label at a colon, a semicolon or a line's end, and reads # as the start of an entity. */
const escaped = (text: string): string => text.replaceAll(/["#;:{}\r\n]/g, ' ').trim()
