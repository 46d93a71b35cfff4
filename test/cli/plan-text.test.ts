import { expect, it } from 'vitest'
import { defineCritic } from '../../src/actors/define-critic.ts'
import { planText } from '../../src/cli/plan-text.ts'
import { makePlan } from '../../src/model/plan.ts'

const evaluate = () => ({})

it('shows stages in order, and of each critic its policy, gate, dependencies and limits, and where they come from', () => {
  const critics = [
    defineCritic({ name: 'deep_check', evaluate, cost: 20, limits: { concurrentMax: 1, ratePerSecond: 2 } }),
    defineCritic({ name: 'quick_safety', evaluate, retry: { retriesMax: 2, backoff: { baseMs: 5 } } }),
    defineCritic({ name: 'risky', evaluate, policy: 'ON_HIGH_RISK', required: false, tags: ['slow'] }),
    defineCritic({ name: 'last', evaluate, stage: 'VALIDATION', dependsOn: ['quick_safety'], priority: 1 }),
  ]
  const plan = makePlan(
    critics.map((critic) => critic.settings),
    { classify: true },
  )
  expect(planText(plan)).toBe(`4 critics in 4 stages, cost 23 when all of them run.
In brackets: where a setting comes from. Inside a stage, critics start in this order once they are ready.

1. FAST_CRITICS
   quick_safety
      policy ALWAYS [classification], priority 1 [classification], stage [classification], domain quick_safety [default], required, cost 1
      times out after 10000 ms, up to 2 retries after errors, waiting 5 ms x 2^n, at most 60000 ms, jittered

2. CORE_ANALYSIS
   risky
      policy ON_HIGH_RISK [definition], priority 5 [default], stage [default], domain risky [default], not required, cost 1
      its gate looks at the risk tier
      times out after 10000 ms, no retries
      tags slow

3. DEEP_ANALYSIS
   deep_check
      policy ON_VIOLATION [classification], priority 5 [default], stage [classification], domain deep_check [default], required, cost 20
      its gate looks at quick_safety, risky
      times out after 10000 ms, no retries
      limited to 1 at once, 2 a second, bursts of 1, over all reviews

4. VALIDATION
   last
      policy ALWAYS [default], priority 1 [definition], stage [definition], domain last [default], required, cost 1
      waits for quick_safety
      times out after 10000 ms, no retries`)
})
