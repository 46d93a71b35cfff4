import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { secretsCritic } from '../../../src/actors/critics/index.ts'
import { slowest } from './adversarial.ts'
import { evaluate, rulesOf } from './evaluate.ts'

// Pieced together, so that no scanner takes this file for a leak.
const join = (...parts: string[]) => parts.join('')
const r = (length: number) => 'aB3dE5gH7jK9mN1pQ2sT4vW6xY8zC0fL'.repeat(12).slice(0, length)

const KEY_BODY = `\n${r(64)}\n${r(64)}\n`

const SECRETS: readonly (readonly [string, string])[] = [
  ['secrets.private_key', join('-----BEGIN ', 'PRIVATE KEY-----', KEY_BODY, '-----END PRIVATE KEY-----')],
  [
    'secrets.private_key',
    join('-----BEGIN RSA ', 'PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n', KEY_BODY),
  ],
  ['secrets.private_key', join('-----BEGIN PGP ', 'PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n', KEY_BODY)],
  ['secrets.private_key', join('{"key":"-----BEGIN OPENSSH ', 'PRIVATE KEY-----\\n', r(70), '"}')],
  ['secrets.aws_access_key', join('AK', 'IAQ2W3E4R5T6Y7U2I3')],
  ['secrets.github_token', join('ghp', '_', r(36))],
  ['secrets.github_token', join('github', '_pat_', r(22), '_', r(59))],
  ['secrets.gitlab_token', join('glpat', '-', r(20))],
  ['secrets.slack_token', join('xoxb', '-1234567890-', r(24))],
  ['secrets.slack_webhook', join('https://hooks.slack.com', '/services/T00000000/B00000000/', r(24))],
  ['secrets.stripe_key', join('sk', '_live_', r(24))],
  ['secrets.stripe_test_key', join('sk', '_test_', r(24))],
  ['secrets.openai_key', join('sk', '-proj-', r(60))],
  ['secrets.openai_key', join('sk', '-', r(48))],
  ['secrets.anthropic_key', join('sk', '-ant-api03-', r(90))],
  ['secrets.google_key', join('AI', 'za', r(35))],
  ['secrets.jwt', join('eyJ', r(20), '.eyJ', r(40), '.', r(43))],
  ['secrets.connection_string', join('postgres://', 'app:', 'Zx81-spectrum', '@db.internal:5432/shop')],
  ['secrets.connection_string', join('mongodb+srv://', 'root:', 'p4ss%40w0rd', '@cluster0.mongodb.net')],
  ['secrets.connection_string', join('redis://', ':', 'n0tApl4ceholder', '@10.0.0.1:6379')],
  ['secrets.assigned_secret', join('api_key = "', r(32), '"')],
  ['secrets.assigned_secret', join('"clientSecret": "', r(24), '"')],
  ['secrets.assigned_secret', join('AWS_SECRET_ACCESS_KEY=', r(40))],
  ['secrets.assigned_secret', join('Authorization: Bearer ', r(40))],
  ['secrets.assigned_secret', join("password := '", r(20), "'")],
]

const INNOCENT: readonly string[] = [
  'The commit is 9fceb02d0ae598e95dc970b74767f19372d61af8, version 1.2.3-beta.4.',
  'integrity: sha512-K1A6z8tS3XsmCMM86xoWdn7Fkdn9xm6RSVtocUrJYIv4A4cYU34zB9Oe==',
  'const token = getTokenFromStorage2("session")',
  'apiKey: process.env.OPENAI_API_KEY_2',
  'api_key = "YOUR_API_KEY_HERE_123"',
  'password = "correct horse battery staple"',
  'max_tokens: 4096, temperature: 0.7, model: claude-3-5-sonnet-20241022',
  'A task-force of risk-averse desk-bound people; sk-learn is a library.',
  'Run it at http://localhost:3000/path?x=1 or https://user@example.com/.',
  'postgres://user:password@localhost/db and mysql://app:${DB_PASSWORD}@db/shop',
  'Use AKIAIOSFODNN7EXAMPLE as in the documentation.',
  'It begins with -----BEGIN PRIVATE KEY----- and goes on with the key.',
  'Order 2024-0001-8832, ISBN 978-3-16-148410-0, id 123e4567-e89b-12d3-a456-426614174000',
  'git clone git@github.com:org/repo.git && cd repo',
  'eyJ is how every JWT begins.',
]

describe('the secrets critic', () => {
  it.each(SECRETS)('finds %s', async (rule, text) => {
    expect(await rulesOf(secretsCritic(), `Here it is:\n${text}\nkeep it.`)).toEqual([rule])
  })

  it.each(INNOCENT)('lets pass: %s', async (text) => {
    expect(await rulesOf(secretsCritic(), text)).toEqual([])
  })

  it('says where, and never repeats the value', async () => {
    const random = r(60)
    for (const [, text] of SECRETS) {
      const said = JSON.stringify(await evaluate(secretsCritic(), text))
      const parts = Array.from({ length: 49 }, (_, at) => random.slice(at, at + 12))
      expect(parts.filter((part) => said.includes(part))).toEqual([])
    }
    const finding = await evaluate(secretsCritic(), `key: ${join('ghp', '_', r(36))}`)
    expect(finding).toMatchObject({
      severity: 3,
      violations: [{ message: 'github token at character 6 of the response' }],
    })
  })

  it('reports one secret once, by its most specific rule', async () => {
    const finding = await evaluate(secretsCritic(), `api_key=${join('sk', '_live_', r(24))}`)
    expect(finding.details).toEqual({ total: 1, rules: { 'secrets.stripe_key': 1 } })
  })

  it('finds a key wherever it stands between other text', async () => {
    const key = join('ghp', '_', r(36))
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), async (before, after) => {
        const finding = await evaluate(secretsCritic(), `${before} ${key} ${after}`)
        expect(finding.severity).toBe(3)
        expect(JSON.stringify(finding)).not.toContain(r(36))
      }),
    )
  })

  it('can be told what to let pass', async () => {
    const key = join('sk', '_test_', r(24))
    expect(await rulesOf(secretsCritic({ allow: [key] }), key)).toEqual([])
    expect(await rulesOf(secretsCritic({ ignoreRules: ['secrets.stripe_test_key'] }), key)).toEqual([])
  })

  it('looks at the prompt when asked', async () => {
    const prompt = `my key is ${join('ghp', '_', r(36))}`
    expect(await rulesOf(secretsCritic(), { prompt })).toEqual([])
    expect(await rulesOf(secretsCritic({ look: 'prompt' }), { prompt })).toEqual(['secrets.github_token'])
  })

  it('asks Secretlint too, without repeating what it quotes', async () => {
    const token = join('npm', '_', r(36))
    expect(await rulesOf(secretsCritic(), token)).toEqual([])
    const finding = await evaluate(
      secretsCritic({ secretlint: true }),
      `token ${token} ${join('ghp', '_', r(36))}`,
    )
    expect(finding.details).toMatchObject({ total: 2, rules: { 'secrets.github_token': 1 } })
    expect(JSON.stringify(finding)).toContain('secretlint')
    expect(JSON.stringify(finding)).not.toContain(r(12))
  })

  it('gives Secretlint no text whose size it could not promise', async () => {
    const long = evaluate(secretsCritic({ secretlint: true }), 'a'.repeat(70_000))
    await expect(long).rejects.toMatchObject({
      retryable: false,
      message: expect.stringContaining('at most 65536'),
    })
  })

  it('takes no longer than 100 ms for 1 MiB of anything', async () => {
    expect((await slowest(secretsCritic())).ms).toBeLessThan(100)
  })
})
