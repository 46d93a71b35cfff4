/** Actors of plain functions: a task ends with what it returns, a channel talks to its parent until it is stopped. */

import type { ActorLogic, AnyEventObject, NonReducibleUnknown, Snapshot } from 'xstate'

/** What a running task or channel is given beside its input. Reading `signal` makes it; most work never does. */
export class TaskScope {
  #parent: Listener | undefined
  #controller: AbortController | undefined
  #aborted = false
  #cleanups: (() => void)[] | undefined

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
    if (!this.#aborted) this.#parent?.send(event)
  }

  attach(parent: Listener | undefined): void {
    this.#parent = parent
  }

  get isStopped(): boolean {
    return this.#aborted
  }

  /** Runs when the task is stopped before it has ended. */
  onStop(cleanup: () => void): void {
    ;(this.#cleanups ??= []).push(cleanup)
  }

  abort(): void {
    if (this.#aborted) return
    this.#aborted = true
    for (const cleanup of this.#cleanups ?? []) cleanup()
    this.#controller?.abort(stopped())
  }
}

type Listener = { send(event: AnyEventObject): void }

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
  readonly #scope: TaskScope

  constructor(
    status: TaskSnapshot<Output, Input>['status'],
    output: Output | undefined,
    error: unknown,
    input: Input,
    scope: TaskScope,
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

  get scope(): TaskScope {
    return this.#scope
  }

  get input(): Input {
    return this.#input
  }
}

type TaskRun<Input, Output> = (input: Input, scope: TaskScope) => Output | PromiseLike<Output>

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
  return actorLogic<Input, Output>((snapshot, self) => begin(run, snapshot, self))
}

/** Actor logic like XState's `fromCallback`: opened once, it talks to its parent by `tell` and ends only when it is stopped. */
export function channel<Input extends NonReducibleUnknown>(
  open: (input: Input, scope: TaskScope) => void,
): TaskLogic<Input, undefined> {
  return actorLogic<Input, undefined>((snapshot) => open(snapshot.input, snapshot.scope))
}

function actorLogic<Input extends NonReducibleUnknown, Output>(
  start: (snapshot: TaskSnapshot<Output, Input>, self: Listener) => void,
): TaskLogic<Input, Output> {
  type Running = TaskSnapshot<Output, Input>
  const logic = {
    getInitialSnapshot: (_: unknown, input: Input): Running =>
      new TaskSnapshot<Output, Input>('active', undefined, undefined, input, new TaskScope()),
    start: (snapshot: Running, { self }: { self: Listener & { _parent?: Listener } }) => {
      if (snapshot.status !== 'active') return
      snapshot.scope.attach(self._parent)
      start(snapshot, self)
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

function begin<Input, Output>(
  run: TaskRun<Input, Output>,
  { input, scope }: TaskSnapshot<Output, Input>,
  self: Listener,
): void {
  try {
    const result = run(input, scope)
    if (isPromiseLike(result))
      Promise.resolve(result).then(
        (output) => settle(self, scope, { type: RESOLVED, output }),
        (error: unknown) => settle(self, scope, { type: REJECTED, error }),
      )
    else settle(self, scope, { type: RESOLVED, output: result })
  } catch (error) {
    settle(self, scope, { type: REJECTED, error })
  }
}

function settle(self: Listener, scope: TaskScope, event: AnyEventObject): void {
  if (!scope.isStopped) self.send(event)
}

/** True for promises and everything that behaves like one. Throws what a hostile `then` getter throws. */
export function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
