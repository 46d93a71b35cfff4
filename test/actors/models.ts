/** Language models for tests: the SDK's own stand-in, and a service that speaks OpenAI's chat completions. */

import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { MockLanguageModelV4 } from 'ai/test'

const usage = {
  inputTokens: { total: 30, noCache: 30, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: 12, text: 12, reasoning: undefined },
}

/** Says the same to everybody, for 42 tokens. */
export const saying = (value: unknown) =>
  new MockLanguageModelV4({
    doGenerate: async () => ({
      content: [{ type: 'text', text: typeof value === 'string' ? value : JSON.stringify(value) }],
      finishReason: { unified: 'stop', raw: undefined },
      usage,
      warnings: [],
    }),
  })

/** What such a service answers, for 42 tokens. */
export const completion = (content: string) =>
  JSON.stringify({
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model: 'm-1',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 30, completion_tokens: 12, total_tokens: 42 },
  })

/** The model `m-1` of the service at an origin. */
export const modelAt = (origin: string) =>
  createOpenAICompatible({
    name: 'local',
    baseURL: `${origin}/v1`,
    apiKey: 'hidden-key',
    supportsStructuredOutputs: true,
  })('m-1')
