import { describe, expect, it } from 'vitest'
import { classifyCritic, type Classification } from '../../src/model/classification.ts'
import { makePlan } from '../../src/model/plan.ts'
import { criticIn, settingsOf } from './samples.ts'

describe('classifyCritic', () => {
  it.each<[string, Classification]>([
    ['quick_safety', { stage: 'FAST_CRITICS', priority: 1, policy: 'ALWAYS' }],
    ['deep_bias_check', { stage: 'DEEP_ANALYSIS', priority: 2, policy: 'ON_VIOLATION' }],
    ['fairness_eval', { priority: 3 }],
    ['style_checker', { priority: 7 }],
    ['deep_analysis', { stage: 'DEEP_ANALYSIS', policy: 'ON_VIOLATION' }],
    ['pii_detector', { priority: 4, policy: 'ON_HIGH_RISK' }],
    ['audit_log', { stage: 'POST_PROCESSING', priority: 9 }],
    ['uncertainty', { policy: 'ON_UNCERTAINTY' }],
    ['my_critic', {}],
  ])('proposes for %s what its words say', (name, expected) => {
    expect(classifyCritic(name)).toEqual(expected)
  })

  it.each([
    'catalog_critic',
    'dialog',
    'unsafe_blogger',
    'breakfast',
    'factory',
    'informative',
    'quickly',
    'deeper',
  ])('reads whole words only: %s proposes nothing', (name) => {
    expect(classifyCritic(name)).toEqual({})
  })

  it('never finds a log or an audit in catalog_critic', () => {
    expect(classifyCritic('catalog_critic').stage).not.toBe('POST_PROCESSING')
  })

  it.each([
    'quick_safety',
    'quick-safety',
    'quick.safety',
    'quickSafety',
    'QuickSafety',
    'QUICK_SAFETY',
    'safety2.quick',
  ])('finds the words of %s, however they are joined', (name) => {
    expect(classifyCritic(name).stage).toBe('FAST_CRITICS')
  })

  it('splits an abbreviation from the word that follows it', () => {
    expect(classifyCritic('PIIDetector')).toEqual({ priority: 4, policy: 'ON_HIGH_RISK' })
  })

  it('lets the first matching rule win: safety always runs, even a deep one', () => {
    expect(classifyCritic('deep_safety')).toEqual({ stage: 'DEEP_ANALYSIS', priority: 1, policy: 'ALWAYS' })
  })
})

describe('classification in a plan', () => {
  it('fills CORE_ANALYSIS where a name proposes no stage', () => {
    const plan = makePlan([settingsOf('fairness_eval'), settingsOf('style_checker')], { classify: true })
    expect(criticIn(plan, 'fairness_eval')).toMatchObject({
      stage: 'CORE_ANALYSIS',
      priority: 3,
      policy: 'ALWAYS',
    })
    expect(criticIn(plan, 'style_checker')).toMatchObject({
      stage: 'CORE_ANALYSIS',
      priority: 7,
      policy: 'ALWAYS',
    })
  })

  it('is off unless the panel asks for it', () => {
    const critic = criticIn(makePlan([settingsOf('deep_bias_check')]), 'deep_bias_check')
    expect(critic).toMatchObject({ stage: 'CORE_ANALYSIS', priority: 5, policy: 'ALWAYS' })
    expect(critic.sources).toMatchObject({ stage: 'default', priority: 'default', policy: 'default' })
  })

  it('fills only what the definition leaves open, and says what came from where', () => {
    const plan = makePlan([settingsOf('deep_bias_check', { priority: 9 })], { classify: true })
    const critic = criticIn(plan, 'deep_bias_check')
    expect(critic).toMatchObject({ stage: 'DEEP_ANALYSIS', priority: 9, policy: 'ON_VIOLATION' })
    expect(critic.sources).toMatchObject({
      stage: 'classification',
      priority: 'definition',
      policy: 'classification',
    })
  })

  it('never overrides a condition', () => {
    const plan = makePlan([settingsOf('deep_bias_check', { policy: { when: () => true } })], {
      classify: true,
    })
    expect(criticIn(plan, 'deep_bias_check')).toMatchObject({
      policy: 'CONDITION',
      sources: { policy: 'definition' },
    })
  })
})
