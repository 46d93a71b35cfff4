/** What an orchestrator says once it was stopped, and the store that says it. */

import { StagecraftError } from '../model/errors.ts'
import type { OwnedStore } from './store/store.ts'

export const orchestratorStopped = () => stopped('This orchestrator was stopped. Create a new one to go on.')

/** Of agents outside an orchestrator. */
export const agentsStopped = () => stopped('These agents were stopped. Call createAgents again to go on.')

const stopped = (message: string) => new StagecraftError('orchestrator.stopped', message)

/** Every method of a store is asynchronous, so every one of them can refuse in the same way. */
const refuse = () => Promise.reject(orchestratorStopped())

/** The same store; once it was closed, whoever still asks hears `orchestrator.stopped`. */
export function untilStopped(store: OwnedStore): OwnedStore {
  let isClosed = false
  const close = async () => {
    isClosed = true
    await store.close()
  }
  return new Proxy({} as OwnedStore, {
    get: (_, name) => {
      if (name === 'close' || name === Symbol.asyncDispose) return close
      if (isClosed) return refuse
      // A store may be an instance of a class.
      const method: unknown = Reflect.get(store, name)
      return typeof method === 'function' ? (method.bind(store) as unknown) : method
    },
  })
}
