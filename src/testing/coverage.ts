/** Coverage: which states were entered and which transitions were taken, of all a machine has. */

import {
  isMachineSnapshot,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type InspectionEvent,
} from 'xstate'
import { StagecraftError } from '../model/errors.ts'
import { describeTransition, enteredWith, nodesWithin, transitionsOf, type ChartNode } from './state-nodes.ts'

export type CoverageShare = { readonly covered: readonly string[]; readonly missing: readonly string[] }

export type CoverageReport = {
  /** State ids, `machine.parent.child`. */
  readonly states: CoverageShare
  /** `source state id|event type|index`; the event type of `always` is `(always)`. */
  readonly transitions: CoverageShare
  readonly complete: boolean
}

export type Coverage = {
  /**
   * For `createActor(anything, { inspect })`. Counts every actor of this machine in that system, root or child,
   * also of a copy made by `provide()`. Never throws. May serve any number of actors.
   */
  readonly inspect: (event: InspectionEvent) => void
  readonly report: () => CoverageReport
  /**
   * @param options.except keys that cannot be covered. One that was covered after all, or does not exist, is an error.
   * @throws StagecraftError `testing.coverage` that lists exactly what is missing.
   */
  readonly assertComplete: (options?: { readonly except?: readonly string[] }) => void
}

/** Records the coverage of one machine; its child machines are other machines with a coverage of their own. */
export function coverageOf(machine: AnyStateMachine): Coverage {
  const { states, transitions } = universeOf(machine)
  const hits = new Set<string>()
  const report = (): CoverageReport => {
    const shares = { states: share(states.keys(), hits), transitions: share(transitions.keys(), hits) }
    return { ...shares, complete: shares.states.missing.length + shares.transitions.missing.length === 0 }
  }
  return {
    inspect: (event) => {
      try {
        for (const key of keysHit(machine, event)) hits.add(key)
      } catch {
        // An error thrown by an inspector would put the inspected actor into error status; missing coverage says enough.
      }
    },
    report,
    assertComplete: ({ except = [] } = {}) => {
      const faults = faultsOf(report(), except, new Map([...states, ...transitions]))
      if (faults.length === 0) return
      throw new StagecraftError(
        'testing.coverage',
        `"${machine.id}" is not covered as asked:\n${faults.join('\n')}`,
      )
    },
  }
}

/** Everything that can be hit, by key, in words. */
function universeOf(machine: AnyStateMachine) {
  // The root of a chart with states is active whenever anything is; a history state is never active.
  const counted = (node: ChartNode) =>
    node.type !== 'history' && (node !== machine.root || nodesWithin(node).length === 1)
  const nodes = nodesWithin(machine.root)
  return {
    states: new Map(nodes.filter(counted).map((node) => [node.id, `state ${node.id}`])),
    transitions: new Map(
      nodes.flatMap(transitionsOf).map((found) => [found.key, `transition ${describeTransition(found)}`]),
    ),
  }
}

const share = (keys: Iterable<string>, hits: ReadonlySet<string>): CoverageShare => {
  const all = [...keys]
  return { covered: all.filter((key) => hits.has(key)), missing: all.filter((key) => !hits.has(key)) }
}

function keysHit(machine: AnyStateMachine, event: InspectionEvent): string[] {
  if (event.type !== '@xstate.microstep' && event.type !== '@xstate.snapshot') return []
  const { snapshot } = event
  if (!isMachineSnapshot(snapshot) || !isSame(machine, snapshot.machine)) return []
  const nodes = snapshot._nodes.map((node) => node.id)
  if (event.type === '@xstate.microstep') return [...nodes, ...event._transitions.flatMap(keyOf)]
  // The first step is not inspected: an initial state that `always` leaves at once would never be seen.
  return startsAfresh(event.actorRef, event.event.type) ? [...nodes, ...initialKeys(snapshot)] : nodes
}

/** `provide()` keeps the config; a machine that a factory makes anew for every actor keeps its id. */
function isSame(machine: AnyStateMachine, other: AnyStateMachine): boolean {
  return other.config === machine.config || (machine.config.id !== undefined && other.id === machine.id)
}

/** A transition is found by identity in its own node, since XState does not carry its index. */
function keyOf(transition: Parameters<typeof describeTransition>[0]['transition']): string[] {
  const found = transitionsOf(transition.source).find((own) => own.transition === transition)
  return found ? [found.key] : []
}

/** A restored actor is not in its initial states, and only says so by the snapshot it was given. */
const startsAfresh = (actorRef: object, eventType: string) =>
  eventType === 'xstate.init' &&
  !('options' in actorRef && Reflect.get(Object(actorRef.options), 'snapshot') !== undefined)

const initialKeys = (snapshot: AnyMachineSnapshot) =>
  enteredWith(snapshot.machine.root).map((node) => node.id)

function faultsOf(
  { states, transitions }: CoverageReport,
  except: readonly string[],
  inWords: ReadonlyMap<string, string>,
): string[] {
  const missing = new Set([...states.missing, ...transitions.missing])
  return [
    ...[...missing].filter((key) => !except.includes(key)).map((key) => `- missing: ${inWords.get(key)}`),
    ...except
      .filter((key) => !missing.has(key))
      .map((key) =>
        inWords.has(key)
          ? `- covered, so take it out of \`except\`: ${key}`
          : `- in \`except\`, but there is no such state or transition: ${key}`,
      ),
  ]
}
