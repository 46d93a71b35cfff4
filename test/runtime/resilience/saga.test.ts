import { describe, expect, it } from 'vitest'
import { createSaga, type SagaIntent, type SagaOptions, type SagaStep } from 'stagecraft/resilience'
import { steppingClock } from 'stagecraft/testing'
import { codeOf } from './outcome.ts'

type Book = string[]

/** A step that writes down what it does. */
const step = (name: string, over: Partial<SagaStep<Book>> = {}): SagaStep<Book> => ({
  name,
  run: (book) => {
    book.push(`do ${name}`)
    return name.toUpperCase()
  },
  compensate: (book, { output }) => {
    book.push(`undo ${name} (${String(output)})`)
  },
  ...over,
})
const failing = (name: string, over: Partial<SagaStep<Book>> = {}) =>
  step(name, {
    run: (book) => {
      book.push(`do ${name}`)
      throw new Error('boom')
    },
    ...over,
  })

async function told(steps: readonly SagaStep<Book>[], options: Partial<SagaOptions<Book>> = {}) {
  const book: Book = []
  const result = await createSaga({ name: 'order', steps, ...options }).run(book)
  return { book, result }
}

describe('a saga', () => {
  it('does its steps in order and hands on what they return', async () => {
    const seen: unknown[] = []
    const last = step('c', { run: (_, { outputs }) => seen.push(outputs) })
    const { book, result } = await told([step('a'), step('b'), last])
    expect(book).toEqual(['do a', 'do b'])
    expect(seen).toEqual([{ a: 'A', b: 'B' }])
    expect(result).toMatchObject({ end: 'COMPLETED', undone: [], notUndone: [], cause: undefined })
  })

  it('undoes what it did backwards, the step that failed and may be half done included', async () => {
    const { book, result } = await told([step('a'), step('b'), failing('c'), step('d')])
    expect(book).toEqual(['do a', 'do b', 'do c', 'undo c (undefined)', 'undo b (B)', 'undo a (A)'])
    expect(result).toMatchObject({ end: 'COMPENSATED', undone: ['c', 'b', 'a'], cause: { step: 'c' } })
  })

  it('does not call itself compensated when a compensation failed, and still undoes the others', async () => {
    const stuck = step('b', { compensate: () => Promise.reject(new Error('stuck')) })
    const { book, result } = await told([step('a'), stuck, failing('c')])
    expect(book.at(-1)).toBe('undo a (A)')
    expect(result).toMatchObject({
      end: 'COMPENSATION_FAILED',
      undone: ['c', 'a'],
      notUndone: [{ step: 'b', error: { message: 'stuck' } }],
    })
  })

  it('goes back to what is irreversible, and no further', async () => {
    const { book, result } = await told([
      step('a'),
      step('b', { irreversible: true }),
      step('c'),
      failing('d'),
    ])
    expect(book.slice(4)).toEqual(['undo d (undefined)', 'undo c (C)'])
    expect(result).toMatchObject({ end: 'IRREVERSIBLE', undone: ['d', 'c'] })
  })

  it('goes all the way back when the irreversible step itself failed', async () => {
    const { result } = await told([step('a'), failing('b', { irreversible: true })])
    expect(result).toMatchObject({ end: 'COMPENSATED', undone: ['b', 'a'] })
  })

  it('waits for every intent before it acts on it', async () => {
    const book: Book = []
    const onIntent = async ({ step: name, action }: SagaIntent) => {
      await Promise.resolve()
      book.push(`intend ${action} ${name}`)
    }
    await createSaga({ steps: [step('a'), failing('b')], onIntent }).run(book)
    expect(book).toEqual([
      'intend run a',
      'do a',
      'intend run b',
      'do b',
      'intend compensate b',
      'undo b (undefined)',
      'intend compensate a',
      'undo a (A)',
    ])
  })

  it('does nothing whose intent could not be recorded', async () => {
    const onIntent = ({ step: name, action }: SagaIntent) => {
      if (`${action} ${name}` === 'run b' || `${action} ${name}` === 'compensate a')
        throw new Error('disk full')
    }
    const { book, result } = await told([step('a'), step('b')], { onIntent })
    expect(book).toEqual(['do a'])
    expect(result).toMatchObject({ end: 'COMPENSATION_FAILED', undone: [], notUndone: [{ step: 'a' }] })
  })

  it('turns back when it is cancelled, and nothing cuts the way back', async () => {
    const controller = new AbortController()
    const { signal } = controller
    const book: Book = []
    const waits = step('b', {
      run: (_, { signal: own }) =>
        new Promise((_resolve, reject) => {
          own.addEventListener('abort', () => reject(own.reason as Error))
          queueMicrotask(() => controller.abort(new Error('off')))
        }),
    })
    const slowly = step('a', {
      compensate: async () => {
        // Whoever cancels once more is not heard.
        controller.abort(new Error('again'))
        await Promise.resolve()
        book.push('undo a')
      },
    })
    const result = await createSaga({ steps: [slowly, waits, step('c')] }).run(book, { signal })
    expect(result).toMatchObject({
      end: 'COMPENSATED',
      undone: ['b', 'a'],
      cause: { step: 'b', error: { message: 'off' } },
    })
    expect(book).toEqual(['do a', 'undo b (undefined)', 'undo a'])
  })

  it('does not begin a step when it is cancelled while its intent is recorded', async () => {
    const controller = new AbortController()
    const book: Book = []
    const onIntent = async ({ step: name }: SagaIntent) => {
      if (name !== 'b') return
      controller.abort(new Error('off'))
      await Promise.resolve()
    }
    const result = await createSaga({ steps: [step('a'), step('b')], onIntent }).run(book, {
      signal: controller.signal,
    })
    expect([result.end, book]).toEqual(['COMPENSATED', ['do a', 'undo a (A)']])
  })

  it('undoes a step that goes on working after it was cancelled, once it has waited long enough', async () => {
    const clock = steppingClock()
    const controller = new AbortController()
    const book: Book = []
    const hangs = step('a', { run: () => new Promise(() => {}) })
    const running = createSaga({ steps: [hangs], clock, lingerMs: 100 }).run(book, {
      signal: controller.signal,
    })
    await clock.settle()
    controller.abort()
    await clock.advanceAsync(99)
    expect(book).toEqual([])
    await clock.advanceAsync(1)
    expect([await running, book, clock.armed]).toMatchObject([
      { end: 'COMPENSATED' },
      ['undo a (undefined)'],
      [],
    ])
  })

  it('does nothing at all when it was cancelled before', async () => {
    const book: Book = []
    const result = await createSaga({ steps: [step('a')] }).run(book, {
      signal: AbortSignal.abort(new Error('off')),
    })
    expect([result.end, book]).toEqual(['COMPENSATED', []])
  })

  it('can be run many times at once', async () => {
    const saga = createSaga({ steps: [step('a'), step('b')] })
    const books: Book[] = Array.from({ length: 20 }, () => [])
    const results = await Promise.all(books.map((book) => saga.run(book)))
    expect(new Set(results.map(({ end }) => end))).toEqual(new Set(['COMPLETED']))
    expect(new Set(books.map((book) => book.join()))).toEqual(new Set(['do a,do b']))
  })

  it.each([
    { steps: [] },
    { steps: [step('a'), step('a')] },
    { steps: [{ name: 'a' }] },
    { steps: [{ ...step('a'), undo: 1 }] },
  ])('refuses a saga that makes no sense', (options) => {
    // What only a program without types would say.
    expect(codeOf(() => createSaga(options as SagaOptions<Book>))).toBe('resilience.invalid')
  })

  it('takes any name for a step, and gives no output to the undoing of one that failed', async () => {
    const seen: unknown[] = []
    const undoing = (name: string) =>
      step(name, { compensate: (_, { output, outputs }) => seen.push([output, Object.keys(outputs)]) })
    const { result } = await told([
      undoing('__proto__'),
      { ...undoing('constructor'), run: () => Promise.reject() },
    ])
    expect(seen).toEqual([
      [undefined, ['__proto__']],
      ['__PROTO__', ['__proto__']],
    ])
    expect(Object.entries(result.outputs)).toEqual([['__proto__', '__PROTO__']])
  })
})
