/** Actors of plain functions: a task ends with what it returns, a channel talks to its parent until it ends or is stopped. */

import type { ActorLogic, AnyEventObject, NonReducibleUnknown, Snapshot } from 'xstate'
import { send } from '../compile/lean-actor.ts'

/** What a running task or channel is given beside its input. Reading `signal` makes it; most work never does. */
// The parameter is used once, but where it counts: a channel cannot end with anything else.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export class TaskScope<Output = unknown> {
  #self: Self | undefined
  #controller: AbortController | undefined
  #aborted = false
  #cleanup: Cleanup | undefined

  /** Aborts when the task is stopped before it has ended. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController()
      if (this.#aborted) this.#controller.abort(stopped())
    }
    return this.#controller.signal
  }

  /** Sends an event to the parent, unless the actor was stopped. */
  tell(event: AnyEventObject): void {
    const parent = this.#self?._parent
    if (parent && !this.#aborted) send(parent, event)
  }

  /** The end, with an output; what comes after it, or after a stop, is not heard. */
  end(output: Output): void {
    if (this.#self && !this.#aborted) send(this.#self, { type: RESOLVED, output })
  }

  /** The end, by an error. */
  fail(error: unknown): void {
    if (this.#self && !this.#aborted) send(this.#self, { type: REJECTED, error })
  }

  attach(self: Self): void {
    this.#self = self
  }

  get isStopped(): boolean {
    return this.#aborted
  }

  /** Runs when the task is stopped before it has ended; of several, the first first. */
  onStop(cleanup: Cleanup): void {
    const earlier = this.#cleanup
    this.#cleanup = earlier ? bothOf(earlier, cleanup) : cleanup
  }

  abort(): void {
    if (this.#aborted) return
    this.#aborted = true
    if (this.#cleanup) clean(this.#cleanup)
    this.#controller?.abort(stopped())
  }
}

/** What is to be done at a stop: a function, or an object that can do it. */
type Cleanup = (() => void) | { stopped(): void }

function clean(cleanup: Cleanup): void {
  if (typeof cleanup === 'function') cleanup()
  else cleanup.stopped()
}

const bothOf = (first: Cleanup, second: Cleanup) => () => {
  clean(first)
  clean(second)
}

type Listener = { send(event: AnyEventObject): void }

/** The actor that runs it. */
type Self = Listener & { readonly _parent?: Listener | undefined }

const stopped = () =>
  new DOMException('This work was cut: nobody waits for its result any more.', 'AbortError')

const RESOLVED = 'task.resolved'
const REJECTED = 'task.rejected'
const STOPPED = 'xstate.stop'

/** Hides the scope from inspectors and from JSON. */
class TaskSnapshot<Output, Input> {
  readonly status: 'active' | 'done' | 'error' | 'stopped'
  readonly output: Output | undefined
  readonly error: unknown
  readonly #input: Input
  readonly #scope: TaskScope<Output>

  constructor(
    status: TaskSnapshot<Output, Input>['status'],
    output: Output | undefined,
    error: unknown,
    input: Input,
    scope: TaskScope<Output>,
  ) {
    this.status = status
    this.output = output
    this.error = error
    this.#input = input
    this.#scope = scope
  }

  with(status: TaskSnapshot<Output, Input>['status'], output: Output | undefined, error?: unknown) {
    return new TaskSnapshot(status, output, error, this.#input, this.#scope)
  }

  get scope(): TaskScope<Output> {
    return this.#scope
  }

  get input(): Input {
    return this.#input
  }
}

type TaskRun<Input, Output> = (input: Input, scope: TaskScope<Output>) => Output | PromiseLike<Output>

/** What `task` makes. */
export type TaskLogic<Input extends NonReducibleUnknown, Output> = ActorLogic<
  Snapshot<Output>,
  AnyEventObject,
  Input
>

/** Actor logic like XState's `fromPromise`, which also takes a plain value and makes no AbortController unasked. */
export function task<Input extends NonReducibleUnknown, Output>(
  run: TaskRun<Input, Output>,
): TaskLogic<Input, Output> {
  return channel<Input, Output>((input, scope) => begin(run, input, scope))
}

/** Actor logic like XState's `fromCallback`: opened once, it talks to its parent by `tell` until it says its `end` or is stopped. */
export function channel<Input extends NonReducibleUnknown, Output = undefined>(
  open: (input: Input, scope: TaskScope<Output>) => void,
): TaskLogic<Input, Output> {
  type Running = TaskSnapshot<Output, Input>
  const logic = {
    getInitialSnapshot: (_: unknown, input: Input): Running =>
      new TaskSnapshot<Output, Input>('active', undefined, undefined, input, new TaskScope<Output>()),
    start: (snapshot: Running, { self }: { self: Self }) => {
      if (snapshot.status !== 'active') return
      snapshot.scope.attach(self)
      open(snapshot.input, snapshot.scope)
    },
    transition: (snapshot: Running, event: AnyEventObject): Running => {
      switch (event.type) {
        case RESOLVED:
          return snapshot.with('done', event['output'] as Output)
        case REJECTED:
          return snapshot.with('error', undefined, event['error'])
        case STOPPED:
          snapshot.scope.abort()
          return snapshot.with('stopped', undefined)
        default:
          return snapshot
      }
    },
    getPersistedSnapshot: (snapshot: Running) => snapshot,
  }
  // XState's snapshot type is a union by status; ours is one class with the same fields.
  return logic as unknown as TaskLogic<Input, Output>
}

function begin<Input, Output>(run: TaskRun<Input, Output>, input: Input, scope: TaskScope<Output>): void {
  try {
    const result = run(input, scope)
    if (isPromiseLike(result))
      Promise.resolve(result).then(
        (output) => scope.end(output),
        (error: unknown) => scope.fail(error),
      )
    else scope.end(result)
  } catch (error) {
    scope.fail(error)
  }
}

/** True for promises and everything that behaves like one. Throws what a hostile `then` getter throws. */
export function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
