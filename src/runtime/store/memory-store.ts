/** A store in memory, for tests and for work that need not survive: every promise of a store but durability. */

import { copyOf, hold } from './memory/held.ts'
import { emptyHoldings, type Holdings } from './memory/holdings.ts'
import { ownerOf } from './memory/owner.ts'
import { readerOf } from './memory/reader.ts'
import { closed, missing, owned } from './refusals.ts'
import type { OpenOptions, OwnedStore, Postbox, Store, StoreReader } from './store.ts'

const NAME = 'The store in memory'

/** Lives as long as the object: closed and opened again, it holds what it held. */
export function memoryStore(): Store {
  const held = emptyHoldings()
  const state: State = { held, wasOpened: false, onPost: undefined }
  const opened = () => {
    if (!state.wasOpened) throw missing(NAME)
  }
  return {
    open: async (options) => open(state, options),
    openReader: async () => {
      opened()
      return openReader(held)
    },
    openPostbox: async () => {
      opened()
      return openPostbox(state)
    },
  }
}

type State = {
  readonly held: Holdings
  wasOpened: boolean
  /** The owner's; undefined while there is none. */
  onPost: (() => void) | undefined
}

function open(state: State, { onPost }: OpenOptions): OwnedStore {
  if (state.onPost) throw owned(NAME)
  // A function of its own, so that two owners who brought the same one are told apart.
  const tell = () => onPost()
  state.wasOpened = true
  state.onPost = tell
  const { use, close } = door(state.held)
  const end = async () => {
    if (state.onPost === tell) state.onPost = undefined
    await close()
  }
  if (state.held.requests.size > 0) tellSoon(state)
  return { ...readerOf(use), ...ownerOf(use), close: end, [Symbol.asyncDispose]: end }
}

function openReader(held: Holdings): StoreReader {
  const { use, close } = door(held)
  return { ...readerOf(use), close, [Symbol.asyncDispose]: close }
}

function openPostbox(state: State): Postbox {
  const { use, close } = door(state.held)
  return {
    post: async (request) => {
      const held = use()
      if (held.requests.has(request.id) || held.answers.has(request.id)) return
      held.posted += 1
      held.requests.set(request.id, { place: held.posted, request: hold(request) })
      tellSoon(state)
    },
    answer: async (id) => {
      const answer = use().answers.get(id)
      return answer && { id, at: answer.at, body: copyOf(answer.body) }
    },
    hasOwner: async () => {
      use()
      return state.onPost !== undefined
    },
    close,
  }
}

/** Not at once: a file tells of a post later too. */
function tellSoon(state: State): void {
  const { onPost } = state
  setTimeout(() => {
    if (onPost && onPost === state.onPost) onPost()
  }, 0)
}

/** A way to the holdings that can be shut. */
function door(held: Holdings) {
  let isShut = false
  return {
    use: () => {
      if (isShut) throw closed()
      return held
    },
    close: async () => {
      isShut = true
    },
  }
}
