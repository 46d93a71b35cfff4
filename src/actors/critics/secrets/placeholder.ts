/** Values that stand for a secret in examples, and are none. */

const WORDS = new Set([
  'password',
  'passwd',
  'pass',
  'pwd',
  'secret',
  'token',
  'changeme',
  'example',
  'user',
  'username',
  'test',
  'dummy',
  'foobar',
  'redacted',
  'placeholder',
  'hunter2',
  'mypassword',
  'my_password',
  'my-password',
  'yourpassword',
])
const BEGINNINGS = [
  'your',
  '<',
  '{',
  '$',
  '%',
  '[',
  '***',
  '...',
  'xxx',
  'insert',
  'replace',
  'example',
  'process.',
  'env.',
  'os.',
]

export function isPlaceholder(value: string): boolean {
  const lower = value.toLowerCase()
  return (
    WORDS.has(lower) || BEGINNINGS.some((beginning) => lower.startsWith(beginning)) || isOneCharacter(lower)
  )
}

function isOneCharacter(value: string): boolean {
  for (let at = 1; at < value.length; at++) if (value.charCodeAt(at) !== value.charCodeAt(0)) return false
  return true
}
