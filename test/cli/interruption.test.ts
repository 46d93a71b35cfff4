import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { onInterruption } from '../../src/cli/interruption.ts'

it('aborts on the first signal, exits at once on a second of either kind, and then listens no more', () => {
  const signals = new EventEmitter()
  const exits: number[] = []
  let aborted = 0
  const interruption = onInterruption(
    { signals, exit: (code) => void exits.push(code) },
    () => void (aborted += 1),
  )
  expect(interruption.by).toBeUndefined()
  signals.emit('SIGINT')
  expect([interruption.by, aborted, exits]).toEqual(['SIGINT', 1, []])
  signals.emit('SIGTERM')
  signals.emit('SIGINT')
  expect([interruption.by, aborted, exits]).toEqual(['SIGINT', 1, [143, 130]])
  interruption.release()
  expect([signals.listenerCount('SIGINT'), signals.listenerCount('SIGTERM')]).toEqual([0, 0])
})
