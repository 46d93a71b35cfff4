import { describe, expect, it } from 'vitest'
import type { Performance } from '../../examples/drone/design.ts'
import { requirementsOf } from '../../examples/drone/requirements.ts'
import { droneLifecycle } from '../../examples/drone/lifecycle.ts'
import { memoryStore } from '../../src/runtime/store/memory-store.ts'
import { createOrchestrator, type Orchestrator } from '../../src/runtime/orchestrator.ts'

const project = {
  id: 'drone-001',
  lifecycle: 'hardware-design',
  intent: 'Design a quadcopter for agricultural surveying',
} as const

const withOrchestrator = async (work: (orchestrator: Orchestrator) => Promise<void>) => {
  await using orchestrator = await createOrchestrator({ store: memoryStore(), lifecycles: [droneLifecycle] })
  await work(orchestrator)
}

describe('the drone', () => {
  it('is planned, approved, and designed to the end', () =>
    withOrchestrator(async ({ projects }) => {
      await projects.create({ ...project, mode: 'plan', author: 'eva' })
      const planned = await projects.run('drone-001')
      expect([planned.state, planned.phase]).toEqual(['AWAITING_APPROVAL', 'PLANNING'])
      const { approval } = planned
      expect(JSON.stringify(approval?.subject)).toContain('# Design a quadcopter for agricultural surveying')

      const answer = { approval: approval!.id, version: approval!.version, by: 'ana' }
      await projects.submitApproval('drone-001', { ...answer, decision: 'APPROVED' })
      const designed = await projects.settled('drone-001')
      expect(designed.state).toBe('COMPLETED')
      expect(designed.phases.map(({ status }) => status)).toEqual(
        Array.from({ length: 8 }, () => 'COMPLETED'),
      )

      const validation = designed.results['VALIDATION']?.['Validation'] as {
        performance: { enduranceMin: number }
      }
      expect(validation.performance.enduranceMin).toBeGreaterThanOrEqual(25)
      const document = designed.results['DOCUMENTATION']?.['Document'] as { markdown: string }
      expect(document.markdown).toContain(`enduranceMin: ${validation.performance.enduranceMin}`)
    }))

  it('is validated again with the battery that the first validation led to', () =>
    withOrchestrator(async ({ projects }) => {
      await projects.create(project)
      expect((await projects.run('drone-001')).state).toBe('COMPLETED')
      const answers = await projects.history('drone-001', { types: ['GATE_ANSWERED'] })
      const validations = answers.map(({ payload }) => payload).slice(-2)
      expect(validations).toMatchObject([
        { phase: 'VALIDATION', result: 'RETRY', reason: expect.stringContaining('of 25 minutes') },
        { phase: 'VALIDATION', result: 'PASS' },
      ])
    }))

  it('is what the intent asks for, and the params before it', () => {
    const intent = 'A quadcopter, 2 kg payload, 20 minutes at 10-40 °C, 1.2 m frame, for 3 kg'
    expect(requirementsOf(intent, null)).toMatchObject({
      payloadKg: 2,
      enduranceMin: 20,
      ambientC: 40,
      frameM: 1.2,
    })
    expect(requirementsOf(intent, { payloadKg: 4 })).toMatchObject({ payloadKg: 4, enduranceMin: 20 })
    expect(requirementsOf('at -5 °C', undefined)).toMatchObject({ payloadKg: 1, ambientC: -5 })
    expect(() => requirementsOf('5000 kg', {})).toThrow('payloadKg')
  })

  it.each([
    'Design a quadcopter for agricultural surveying, 2 kg payload, 25 minutes, 40 °C',
    'A drone with a 5 kg payload and a 2 m frame that flies 40 min',
    'A tiny drone, 0.05 kg payload, 8 minutes, 0.15 m frame',
    'A drone that carries 60 kg on a 5 m frame',
  ])('is designed so that it keeps what was asked: %s', (intent) =>
    withOrchestrator(async ({ projects }) => {
      await projects.create({ ...project, intent })
      const { state, results } = await projects.run('drone-001')
      expect(state).toBe('COMPLETED')
      const { performance } = results['VALIDATION']?.['Validation'] as { performance: Performance }
      expect(performance.enduranceMin).toBeGreaterThanOrEqual(requirementsOf(intent, null).enduranceMin)
      expect(performance.powerSuppliedW).toBeGreaterThanOrEqual(performance.powerNeededW)
    }),
  )

  it('is refused where it could never fly', () =>
    withOrchestrator(async ({ projects }) => {
      await projects.create({ ...project, params: { payloadKg: 500, frameM: 1 } })
      const refused = await projects.run('drone-001')
      expect([refused.state, refused.phase, refused.reason]).toEqual([
        'FAILED',
        'FEASIBILITY',
        'phase_failed',
      ])
      expect(refused.phases[0]?.reason).toContain('No battery carries itself and 500 kg')
    }))
})
