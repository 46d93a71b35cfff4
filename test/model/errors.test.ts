import { describe, expect, it } from 'vitest'
import * as own from '../../src/model/errors.ts'

/** The same file under another address: what two installed copies of the package look like to each other. */
const secondCopy = async (): Promise<typeof own> => {
  const address = '../../src/model/errors.ts?copy=2'
  return (await import(/* @vite-ignore */ address)) as typeof own
}

describe('StagecraftError', () => {
  it('carries a code, a message and its cause', () => {
    const cause = new Error('why')
    const error = new own.StagecraftError('panel.empty', 'A panel needs at least one critic.', { cause })
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({ name: 'StagecraftError', code: 'panel.empty', cause })
    expect(String(error)).toBe('StagecraftError: A panel needs at least one critic.')
  })

  it('has no code twice', () => {
    expect(new Set(own.ERROR_CODES).size).toBe(own.ERROR_CODES.length)
  })

  it('does not show its marker to those who list its properties', () => {
    const error = new own.StagecraftError('panel.empty', 'empty')
    expect(
      Object.getOwnPropertySymbols(error).filter((key) =>
        Object.prototype.propertyIsEnumerable.call(error, key),
      ),
    ).toEqual([])
  })
})

describe('isStagecraftError', () => {
  it('knows the errors of another copy of the package', async () => {
    const other = await secondCopy()
    expect(other.StagecraftError).not.toBe(own.StagecraftError)
    const error = new other.StagecraftError('panel.empty', 'empty')
    expect(error).not.toBeInstanceOf(own.StagecraftError)
    expect(own.isStagecraftError(error)).toBe(true)
    expect(other.isStagecraftError(new own.StagecraftError('panel.empty', 'empty'))).toBe(true)
  })

  it('takes nothing else for one', () => {
    const lookalike = Object.assign(new Error('empty'), { name: 'StagecraftError', code: 'panel.empty' })
    for (const value of [lookalike, new Error('other'), null, undefined, 'panel.empty', {}, () => 1])
      expect(own.isStagecraftError(value)).toBe(false)
  })
})

describe('messageOf', () => {
  it('is the message of an error and the text of anything else', () => {
    expect(own.messageOf(new TypeError('no'))).toBe('no')
    expect(own.messageOf('no')).toBe('no')
    expect(own.messageOf(undefined)).toBe('undefined')
    expect(own.messageOf(Symbol('no'))).toBe('Symbol(no)')
  })

  it('has an answer even for what cannot be shown', () => {
    const liar = Object.defineProperty(new Error('hidden'), 'message', {
      get() {
        throw new Error('nor this')
      },
    })
    for (const value of [Object.create(null), liar, { toString: 1, valueOf: 1 }])
      expect(own.messageOf(value)).toBe('something was thrown that cannot be shown')
  })
})
