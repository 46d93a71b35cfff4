/** Macrotasks: lets pending work go on without time passing, in Node and in browsers alike. */

/** Kept from the start: a test may put fake timers in its place later. Browsers have none. */
const immediate: typeof setImmediate | undefined = globalThis.setImmediate

/**
 * Waits a number of turns of the event loop. Each turn runs every pending microtask, however long the chain of
 * promises. Nothing stays open that would keep a process alive.
 */
export async function macrotasks(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    await new Promise<void>((resolve) => {
      if (immediate) immediate(resolve)
      else afterMessage(resolve)
    })
  }
}

/** In a browser a message is a task of its own. Node would handle many of them in one turn. */
function afterMessage(callback: () => void): void {
  const { port1, port2 } = new MessageChannel()
  const received = () => {
    port1.close()
    callback()
  }
  port1.addEventListener('message', received, { once: true })
  port1.start()
  port2.postMessage(undefined)
}
