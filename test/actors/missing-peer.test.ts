import { expect, it } from 'vitest'
import { missingPeer } from '../../src/actors/missing-peer.ts'
import { isStagecraftError } from '../../src/model/errors.ts'

it('a missing library is an error that says what to install, and that no retry mends', () => {
  const cause = new Error('Cannot find package')
  const error = missingPeer(['obscenity', 'ai'], 'critic "profanity"', cause)
  expect(isStagecraftError(error)).toBe(true)
  expect(error).toMatchObject({ code: 'critic.missing_peer', retryable: false, cause })
  expect(error.message).toContain('critic "profanity" needs obscenity and ai')
  expect(error.message).toContain('npm install obscenity ai')
})

it('a missing library of an agent has a code of its own', () => {
  const error = missingPeer(['ai'], 'agent "writer"', undefined, 'agent.missing_peer')
  expect(error).toMatchObject({ code: 'agent.missing_peer', retryable: false })
})
