/**
 * XState's machine, stepped faster. XState works out for every event which states are left and entered, and rebuilds the
 * snapshot after every action; here the first is remembered for each configuration, and the second is done once. This
 * file is XState's `macrostep`, `microstep` and `enterStates` for a chart whose active states form one line.
 */

import {
  StateMachine,
  type AnyActorRef,
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyStateNode,
  type AnyTransitionDefinition,
  type EventObject,
  type MachineContext,
  type MetaObject,
  type ParameterizedObject,
  type ProvidedActor,
  type StateSchema,
  type StateValue,
} from 'xstate'
import { Configuration, firstEnabled, valueOf, type Candidate } from './configuration.ts'
import { Draft, type Beginning } from './draft.ts'
import { isInspected } from './inspection.ts'
import { ERROR_ACTOR, INIT, STOP } from './internals.ts'
import { stop, type Operation } from './operation.ts'
import { ownTimers } from './scheduler.ts'
import {
  firstStep,
  lineThrough,
  lineTo,
  stepOf,
  type ConfigurationOf,
  type Entry,
  type Step,
} from './step.ts'

type Machine = StateMachine<
  MachineContext,
  EventObject,
  Record<string, AnyActorRef | undefined>,
  ProvidedActor,
  ParameterizedObject,
  ParameterizedObject,
  string,
  StateValue,
  string,
  unknown,
  unknown,
  EventObject,
  MetaObject,
  StateSchema
>

export class CompiledMachine extends (StateMachine as unknown as new (
  // A class cannot extend a type, so XState's class is given the one above.
  ...args: ConstructorParameters<typeof StateMachine>
) => Machine) {
  readonly #configurations = new Map<AnyStateNode | undefined, Configuration>()
  #start: Start | undefined

  override provide(implementations: Parameters<Machine['provide']>[0]): Machine {
    const provided = super.provide(implementations)
    return new CompiledMachine(provided.config, provided.implementations)
  }

  override getInitialSnapshot(scope: AnyActorScope, input?: unknown): AnyMachineSnapshot {
    ownTimers(scope)
    const { before, configuration, makeContext, step } = (this.#start ??= this.#starting())
    const draft = Draft.of(scope).begin(before, configuration, { type: INIT, input } as EventObject)
    let { context, children } = draft
    try {
      makeContext?.(draft)
      context = draft.context
      children = draft.children
      take(step, draft)
      return this.#settle(draft)
    } catch (error) {
      return draft
        .begin({ ...before, context, children, status: 'error', error }, configuration, draft.event)
        .write()
    }
  }

  override start(snapshot: AnyMachineSnapshot): void {
    for (const name in snapshot.children) {
      // One without logic is not there, and XState breaks here too.
      const child = snapshot.children[name] as AnyActorRef
      if (child.getSnapshot().status === 'active') child.start()
    }
  }

  override restoreSnapshot(...args: Parameters<Machine['restoreSnapshot']>): AnyMachineSnapshot {
    ownTimers(args[1])
    return super.restoreSnapshot(...args)
  }

  override transition(
    snapshot: AnyMachineSnapshot,
    event: EventObject,
    scope: AnyActorScope,
  ): AnyMachineSnapshot {
    const isOurs = (snapshot.machine as unknown) === this && snapshot.status === 'active'
    // XState has something to say of an event that is named like a wildcard.
    if (!isOurs || event.type === INIT || event.type === '*') return super.transition(snapshot, event, scope)
    const draft = Draft.of(scope)
    const configuration = this.#configurationIn(snapshot, draft.configuration)
    if (!configuration) return super.transition(snapshot, event, scope)
    draft.begin(snapshot, configuration, event)
    if (event.type === STOP) return stopped(draft, 'stopped')
    const candidate = enabled(draft)
    if (!candidate && event.type.startsWith(ERROR_ACTOR))
      return stopped(draft, 'error', (event as Failed).error)
    this.#microstep(draft, candidate)
    return this.#settle(draft)
  }

  /** The rest of a macrostep: what needs no event, and what was raised. */
  #settle(draft: Draft): AnyMachineSnapshot {
    const { maxIterations = Infinity } = this.options
    let looksForAlways = true
    for (let count = 1; draft.status === 'active'; count += 1) {
      if (count > maxIterations) throw new Error(endless(maxIterations))
      const always: Candidate | undefined = looksForAlways ? enabledAlways(draft) : undefined
      if (!always) {
        const raised = draft.nextRaised()
        if (!raised) return draft.write()
        draft.event = raised
      }
      const before: AnyMachineSnapshot | undefined = always && draft.write()
      this.#microstep(draft, always ?? enabled(draft))
      // A transition without an event that changes nothing would be taken for ever.
      looksForAlways = !before || draft.write() !== before
    }
    stopChildren(draft)
    return draft.write()
  }

  #microstep(draft: Draft, candidate: Candidate | undefined): void {
    if (candidate)
      take(
        (candidate.step ??= stepOf(draft.configuration, candidate.transition, this.#configurationOf)),
        draft,
      )
    if (isInspected(draft.system)) inspectMicrostep(draft, candidate ? [candidate.transition] : [])
  }

  /** Mostly where the step before arrived; undefined for states that were put together by hand. */
  #configurationIn(
    { _nodes }: AnyMachineSnapshot,
    latest: Configuration | undefined,
  ): Configuration | undefined {
    if (latest?.nodes === _nodes) return latest
    const leaf = _nodes[_nodes.length - 1]
    const configuration =
      this.#configurations.get(leaf) ?? (isLeaf(leaf) ? this.#configurationOf(leaf) : undefined)
    return configuration?.covers(_nodes) ? configuration : undefined
  }

  readonly #configurationOf: ConfigurationOf = (leaf) => {
    let configuration = this.#configurations.get(leaf)
    if (!configuration) this.#configurations.set(leaf, (configuration = new Configuration(lineTo(leaf))))
    return configuration
  }

  #starting(): Start {
    const { root } = this
    const { context } = this.config
    return {
      before: {
        machine: this as AnyStateMachine,
        status: 'active',
        output: undefined,
        error: undefined,
        context: typeof context !== 'function' && context ? context : {},
        children: {},
        historyValue: {},
      },
      // Before its first state a machine is in its root alone, but its value runs ahead.
      configuration: new Configuration([root], valueOf(lineThrough(root))),
      makeContext: typeof context === 'function' ? contextBy(context as MakeContext) : undefined,
      step: firstStep(root, this.#configurationOf),
    }
  }
}

const isLeaf = (node: AnyStateNode | undefined): node is AnyStateNode =>
  node !== undefined && Object.keys(node.states).length === 0

/** How a machine starts: the same each time. */
type Start = {
  readonly before: Beginning
  readonly configuration: Configuration
  readonly makeContext: Operation | undefined
  readonly step: Step
}

type Failed = EventObject & { readonly error?: unknown }

const enabled = (draft: Draft): Candidate | undefined =>
  firstEnabled(draft.configuration.candidates(draft.event.type), draft)

const enabledAlways = (draft: Draft): Candidate | undefined => firstEnabled(draft.configuration.always, draft)

// By index: here an iterator for each list would be a tenth of all that is allocated.
function run(operations: readonly Operation[], draft: Draft): void {
  for (let at = 0; at < operations.length; at += 1) operations[at]?.(draft)
}

/** Out of states, through the transition, into states, and perhaps to the end. */
function take({ leaving, entering, ending, to }: Step, draft: Draft): void {
  run(leaving, draft)
  for (let at = 0; at < entering.length; at += 1) enter(entering[at] as Entry, draft)
  if (draft.status === 'done') run(ending, draft)
  if (to) draft.arrive(to)
}

function enter(entry: Entry, draft: Draft): void {
  const { operations, invoked } = entry
  if (invoked) draft.expect(invoked)
  run(operations, draft)
  if (invoked) draft.meet()
  if (entry.node.type === 'final') complete(entry, draft)
}

/** A final state has been reached: its parent is done, and when that is the root, so is the machine. */
function complete({ node, doneType, parentDoneType }: Entry, draft: Draft): void {
  const { parent } = node
  const output = parent && outputOf(node, draft, draft.event)
  if (parent?.parent) {
    draft.raise(doneEvent(parentDoneType, output))
    return
  }
  const { root } = draft.machine
  if (root.output === undefined) return draft.end('done', undefined)
  // Asked again for its output, like XState's. Nobody handles events of a machine that is done, so none is raised.
  const last = doneEvent(doneType, parent && outputOf(node, draft, draft.event))
  draft.end('done', outputOf(root, draft, last))
}

const doneEvent = (type: string, output: unknown) => ({ type, output }) as EventObject

function outputOf({ output }: AnyStateNode, { context, scope }: Draft, event: EventObject): unknown {
  return typeof output === 'function' ? output({ context, event, self: scope.self }) : output
}

/** The end from outside, or by an error that nobody handles. */
function stopped(draft: Draft, status: 'stopped' | 'error', error?: unknown): AnyMachineSnapshot {
  stopChildren(draft)
  draft.setChildren(withoutChildren(draft.children))
  draft.end(status, undefined, error)
  if (isInspected(draft.system)) inspectMicrostep(draft, [])
  return draft.write()
}

function stopChildren(draft: Draft): void {
  const { children } = draft
  for (const name in children) stop(draft, children[name])
}

/** XState takes children away by their ids, which are not always the names they are filed under. */
function withoutChildren(children: Draft['children']): Draft['children'] {
  const ids = new Set(Object.values(children).map((child) => child?.id))
  return Object.fromEntries(Object.entries(children).filter(([name]) => !ids.has(name)))
}

function inspectMicrostep(draft: Draft, transitions: readonly AnyTransitionDefinition[]): void {
  draft.system._sendInspectionEvent({
    type: '@xstate.microstep',
    actorRef: draft.scope.self,
    event: draft.event,
    snapshot: draft.write(),
    _transitions: transitions,
  })
}

type MakeContext = (args: object) => MachineContext

/** A `context` that is a function is run like an `assign`: it may spawn. */
function contextBy(make: MakeContext): Operation {
  return (draft) => {
    const { input } = draft.event as { readonly input?: unknown }
    draft.make(make({ spawn: draft.spawn, input, self: draft.scope.self }))
  }
}

const endless = (max: number) =>
  `Infinite loop detected: the machine has processed more than ${max} microsteps without reaching a stable state. This usually happens when there's a cycle of transitions (e.g., eventless transitions or raised events causing state A -> B -> C -> A).`
