import { describe, expect, it } from 'vitest'
import { feasibilityGate } from '../../../src/runtime/hardware-design/feasibility-gate.ts'
import { planningGate } from '../../../src/runtime/hardware-design/planning-gate.ts'
import { validationGate } from '../../../src/runtime/hardware-design/validation-gate.ts'
import { viewOf } from './samples.ts'

describe('the gate of feasibility', () => {
  const asks = (tasks: object, options: { budget?: number } = {}, params: unknown = null) =>
    feasibilityGate(viewOf({ tasks: tasks as never, params }), options)

  it.each([
    ['1', { geometryPossible: 1 }, 'PASS'],
    ['a little', { geometryPossible: 0.01 }, 'PASS'],
    ['not said', {}, 'PASS'],
    ['0', { geometryPossible: 0 }, 'FAIL'],
    ['0.0', { geometryPossible: 0.0 }, 'FAIL'],
    ['-0', { geometryPossible: -0 }, 'FAIL'],
  ])('takes a possible geometry of %s for %o: %s', (_, GeometryEstimator, result) => {
    expect(asks({ GeometryEstimator })).toMatchObject({ result })
  })

  it('passes where there is no estimate at all', () => {
    expect(asks({})).toMatchObject({ result: 'PASS' })
  })

  it('gives the estimator’s own reason', () => {
    const GeometryEstimator = { geometryPossible: 0, reason: 'It cannot lift itself.' }
    expect(asks({ GeometryEstimator })).toEqual({ result: 'FAIL', reason: 'It cannot lift itself.' })
  })

  it.each([
    [100, 'PASS', false],
    [200, 'PASS', false],
    [200.01, 'PASS', true],
    [999, 'PASS', true],
    [1_000, 'PASS', true],
    [1_000.01, 'FAIL', true],
    [0, 'PASS', false],
  ])('answers a cost of %s on a budget of 100 with %s, warning: %s', (cost, result, warns) => {
    const reply = asks({ CostEstimator: { cost } }, { budget: 100 })
    expect(reply).toMatchObject({ result })
    expect(JSON.stringify(reply).includes('Warning')).toBe(warns)
  })

  it('refuses an impossible geometry whatever it costs', () => {
    const tasks = { GeometryEstimator: { geometryPossible: 0 }, CostEstimator: { cost: 1 } }
    expect(asks(tasks, { budget: 100 })).toMatchObject({ result: 'FAIL' })
  })

  it('holds costs against the project’s own budget before the lifecycle’s', () => {
    const tasks = { CostEstimator: { cost: 1_500 } }
    expect(asks(tasks, { budget: 100 }, { budget: 1_000 })).toEqual({
      result: 'PASS',
      reason: 'It can be built.',
    })
    expect(asks(tasks, {}, { budget: 100 })).toMatchObject({ result: 'FAIL' })
  })

  it('warns when a budget was given and no cost was estimated', () => {
    expect(asks({}, { budget: 100 })).toMatchObject({
      result: 'PASS',
      reason: expect.stringContaining('Warning: no cost was estimated'),
    })
    expect(asks({ CostEstimator: {} }, { budget: 100 })).toMatchObject({
      reason: expect.stringContaining('Warning'),
    })
  })

  it('does not guess at an output of another shape', () => {
    expect(() => asks({ GeometryEstimator: { geometryPossible: 'no' } })).toThrow(
      'The output of GeometryEstimator cannot be read: geometryPossible:',
    )
    expect(() => asks({ CostEstimator: { cost: Number.NaN } }, { budget: 1 })).toThrow('CostEstimator')
    expect(() => asks({}, {}, { budget: -1 })).toThrow('params cannot be read: budget:')
  })
})

describe('the gate of planning', () => {
  it('asks for approval in plan mode only', () => {
    expect(planningGate(viewOf({ mode: 'plan' }))).toMatchObject({ result: 'APPROVAL_NEEDED' })
    expect(planningGate(viewOf({ mode: 'execute' }))).toMatchObject({ result: 'PASS' })
  })

  it('says which tasks have added nothing to the plan, but not of those that were not to run', () => {
    const ends = {
      Conversational: { status: 'succeeded', attempts: 1 },
      Environment: { status: 'timed_out', attempts: 3 },
      Topological: { status: 'skipped', attempts: 0, because: 'condition' },
      Document: { status: 'skipped', attempts: 0, because: 'dependency' },
    } as const
    expect(planningGate(viewOf({ mode: 'plan', ends }))).toEqual({
      result: 'APPROVAL_NEEDED',
      reason:
        'The plan waits for approval. Warning: it is without what Environment, Document should have added.',
    })
    expect(planningGate(viewOf({ ends: {} }))).toEqual({
      result: 'PASS',
      reason: 'The plan is carried out without asking.',
    })
  })
})

describe('the gate of validation', () => {
  const asks = (iteration: number, tasks: object) =>
    validationGate(viewOf({ iteration, tasks: tasks as never }))
  const failed = { Validation: { passed: false, problems: ['It falls.', 'It burns.'] } }

  it('passes what passed, in whatever run', () => {
    for (const iteration of [1, 2, 3, 4])
      expect(asks(iteration, { Validation: { passed: true } })).toMatchObject({ result: 'PASS' })
  })

  it('has the phase repeated until its third run, then fails', () => {
    expect([1, 2, 3, 4].map((iteration) => asks(iteration, failed))).toMatchObject([
      { result: 'RETRY' },
      { result: 'RETRY' },
      { result: 'FAIL' },
      { result: 'FAIL' },
    ])
  })

  it('says what is wrong', () => {
    expect(asks(1, failed)).toEqual({ result: 'RETRY', reason: 'It falls. It burns.' })
    expect(asks(3, failed)).toEqual({
      result: 'FAIL',
      reason: 'Not validated in 3 runs. It falls. It burns.',
    })
    expect(asks(1, { Validation: { passed: false } })).toMatchObject({
      reason: 'It does not do what was asked.',
    })
  })

  it('fails without a result', () => {
    expect(asks(1, {})).toMatchObject({ result: 'FAIL' })
    expect(asks(1, { Optimization: { changesGeometry: true } })).toMatchObject({ result: 'FAIL' })
    expect(asks(1, { Validation: null })).toMatchObject({ result: 'FAIL' })
  })

  it.each([
    ['Validation', { Validation: { passed: false, changesGeometry: true } }],
    ['Optimization', { ...failed, Optimization: { changesGeometry: true } }],
  ])('goes back to the geometry when %s asks for another', (_, tasks) => {
    expect([1, 2].map((iteration) => asks(iteration, tasks))).toMatchObject([
      { result: 'LOOPBACK', loopbackTo: 'GEOMETRY_KERNEL' },
      { result: 'LOOPBACK', loopbackTo: 'GEOMETRY_KERNEL' },
    ])
    expect(asks(3, tasks)).toMatchObject({ result: 'FAIL' })
  })

  it('stays where the geometry need not change', () => {
    expect(asks(1, { ...failed, Optimization: { changesGeometry: false } })).toMatchObject({
      result: 'RETRY',
    })
    const tasks = { Validation: { passed: true }, Optimization: { changesGeometry: true } }
    expect(asks(1, tasks)).toMatchObject({ result: 'PASS' })
  })

  it('does not take anything else for passed', () => {
    for (const passed of ['true', 1, null])
      expect(() => asks(1, { Validation: { passed } })).toThrow('Validation')
  })
})
