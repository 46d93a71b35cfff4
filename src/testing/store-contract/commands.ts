/** Commands: what is owed is there until its outcome is recorded. */

import type { Chapter } from './contract-tools.ts'
import { NOON, stepOf, timerOf, workOf } from './sample-step.ts'

export const commands: Chapter = ({ describe, it, expect }, opened) => {
  describe('commands', () => {
    it(
      'come back whole, in the order they were opened, until they are closed',
      opened(async ({ owner }) => {
        const first = [workOf('one', 'z'), timerOf('one', 'b', NOON)]
        const later = [workOf('one', 'a'), workOf('one', 'c')]
        await owner.commit([
          stepOf('one', 0, { opens: first }),
          stepOf('two', 0, { opens: [workOf('two', 'y')] }),
        ])
        await owner.commit([stepOf('one', 1, { opens: later })])
        expect(await owner.commandsOf('one')).toEqual([...first, ...later])
        await owner.commit([stepOf('one', 2, { closes: ['b', 'c', 'unknown'] })])
        expect((await owner.commandsOf('one')).map(({ key }) => key)).toEqual(['z', 'a'])
        expect(await owner.commandsOf('two')).toEqual([workOf('two', 'y')])
        expect(await owner.commandsOf('unknown')).toEqual([])
      }),
    )

    it(
      'are closed before others are opened, so that a key may be given on',
      opened(async ({ owner }) => {
        await owner.commit([stepOf('one', 0, { opens: [workOf('one', 'k'), workOf('one', 'l')] })])
        await owner.commit([stepOf('one', 1, { closes: ['k'], opens: [timerOf('one', 'k', NOON)] })])
        expect(await owner.commandsOf('one')).toEqual([workOf('one', 'l'), timerOf('one', 'k', NOON)])
      }),
    )

    it(
      'that are work name the journals to perform again, in order of id, page by page',
      opened(async ({ owner }) => {
        await owner.commit([
          stepOf('j-3', 0, { opens: [workOf('j-3', 'a'), workOf('j-3', 'b')] }),
          stepOf('j-1', 0, { opens: [workOf('j-1', 'c')] }),
          stepOf('j-2', 0, { opens: [timerOf('j-2', 'd', NOON)] }),
          stepOf('j-4', 0),
          stepOf('j-5', 0, { opens: [workOf('j-5', 'e')] }),
        ])
        expect(await owner.journalsWithWork('', 9)).toEqual(['j-1', 'j-3', 'j-5'])
        expect(await owner.journalsWithWork('', 2)).toEqual(['j-1', 'j-3'])
        expect(await owner.journalsWithWork('j-3', 2)).toEqual(['j-5'])
        await owner.commit([stepOf('j-1', 1, { closes: ['c'] })])
        expect(await owner.journalsWithWork('', 9)).toEqual(['j-3', 'j-5'])
      }),
    )
  })

  describe('timers', () => {
    it(
      'fall due the earliest first, never early',
      opened(async ({ owner }) => {
        expect(await owner.nextDueAt()).toEqual(undefined)
        await owner.commit([
          stepOf('one', 0, { opens: [timerOf('one', 'late', NOON + 20), timerOf('one', 'tie', NOON + 10)] }),
          stepOf('two', 0, {
            opens: [
              timerOf('two', 'early', NOON),
              timerOf('two', 'tie too', NOON + 10),
              workOf('two', 'work'),
            ],
          }),
        ])
        const due = async (at: number, limit = 9) => (await owner.timersDue(at, limit)).map(({ key }) => key)
        expect(await owner.nextDueAt()).toEqual(NOON)
        expect(await due(NOON - 1)).toEqual([])
        expect(await owner.timersDue(NOON, 9)).toEqual([timerOf('two', 'early', NOON)])
        expect(await due(NOON + 10)).toEqual(['early', 'tie', 'tie too'])
        expect(await due(NOON + 99, 2)).toEqual(['early', 'tie'])
        await owner.commit([stepOf('two', 1, { closes: ['early'] })])
        expect(await owner.nextDueAt()).toEqual(NOON + 10)
        expect(await due(NOON + 99)).toEqual(['tie', 'tie too', 'late'])
      }),
    )

    it(
      'keep a due time that is no whole number of milliseconds, and one that is far away',
      opened(async ({ owner }) => {
        const times = [NOON + 0.25, Number.MAX_SAFE_INTEGER, 2 ** 62]
        await owner.commit([stepOf('one', 0, { opens: times.map((at) => timerOf('one', `k${at}`, at)) })])
        expect((await owner.timersDue(Infinity, 9)).map(({ dueAt }) => dueAt)).toEqual(times)
        expect(await owner.timersDue(NOON, 9)).toEqual([])
      }),
    )
  })
}
