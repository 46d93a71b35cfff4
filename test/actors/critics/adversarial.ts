/** Texts of 1 Mi characters that make careless patterns slow, and the stopwatch. */

import type { Critic } from '../../../src/model/critic.ts'
import { workOf } from '../../../src/actors/define-critic.ts'

export const CHARS = 1_048_576

const repeated = (part: string) => part.repeat(Math.ceil(CHARS / part.length)).slice(0, CHARS)

/** No chance: a fixed recipe of all letters, digits and signs. */
function mixed(alphabet: string): string {
  let text = ''
  let state = 1
  for (let at = 0; at < CHARS; at++) {
    state = (state * 48_271) % 2_147_483_647
    text += alphabet.charAt(state % alphabet.length)
  }
  return text
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

const parts: Record<string, string> = {
  a: 'a',
  A: 'A',
  digits: '1234567890',
  zeros: '0',
  'at signs': '@',
  'a@': 'a@',
  'a@a.': 'a@a.',
  mails: 'ab@cd.ef ',
  'local part': `${'a.'.repeat(40)}@`,
  dashes: '-',
  dots: '.',
  '1-': '1-',
  '1.': '1.',
  '1 ': '1 ',
  '123-': '123-',
  '123-45-': '123-45-',
  '4111 ': '4111 ',
  '411111111111111 ': '411111111111111 ',
  cards: '4111 1111 1111 1111, ',
  '1.1.1.': '1.1.1.',
  ips: '8.8.8.8 ',
  colons: ':',
  'a:': 'a:',
  '1::': '1::',
  brackets: '[',
  braces: '{',
  nested: '[{"a":',
  pairs: '[]',
  numbers: '[1,',
  nulls: 'null,',
  parentheses: '(',
  link: '](http',
  image: '![',
  'image link': '![a](http://a?',
  '](': '](',
  ignore: 'ignore ',
  'ignore all': 'ignore all ',
  'ignore previous instructions': 'ignore previous instructions ',
  system: 'system:\n',
  tags: '<|system|>',
  'less than': '<',
  newlines: '\n',
  spaces: ' ',
  tabs: '\t ',
  'a b': 'a b ',
  'a.b': 'a.b-',
  equals: '=',
  'a=': 'a=',
  'a=(': `${'a='.repeat(250)}(`,
  'token=': 'token=',
  token: 'token',
  key: 'key="',
  assigned: 'api_key = a1b2c3d4e5f6g7h8 ',
  pem: '-----BEGIN ',
  'pem header': '-----BEGIN PRIVATE KEY-----',
  'sk-': 'sk-',
  'sk- spaced': ' sk-',
  eyJ: 'eyJ',
  'eyJ.': ' eyJaaaaaaaa.',
  AKIA: 'AKIA ',
  ghp_: 'ghp_ ',
  '://': '://',
  '://a:': '://a:',
  'url password': 'a://b:c@',
  plus: '+',
  '+1': '+1 ',
  '+1 2': '+1 (',
  tel: 'tel ',
  'phone number is': 'phone no no no ',
  'phone digits': 'phone 1 2 3 ',
  ssn: 'ssn ',
  'social security': 'social security number is ',
  DE89: 'DE89 ',
  ibans: 'DE89 3704 0044 0532 0130 00 ',
  'iban run': 'DE89370400440532013000',
  backticks: '```',
  quotes: '"',
  backslashes: '\\',
  é: 'é',
  combining: 'a\u0301\u0316',
  'combining run': '\u0301\u0316',
  ligature: '\ufdfa',
  emoji: '👩‍👩‍👧',
  bold: '𝐟',
  astral: '𐀀',
  'tag characters': '\u{e0041}',
  selectors: '\u{e0100}',
  'zero width': '\u200b',
  'zero width x': 'x\u200b',
  direction: '\u202e',
  han: '漢',
  arabic: 'ﷺ',
  'lone surrogate': '\ud83d',
  fuck: 'fuck ',
  'f u c k': 'f u c k ',
  stars: '*',
  'f*': 'f*',
  leet: '5h1+',
  signs: '$@!',
  fuuu: 'fuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu ',
  words: 'the quick brown fox ',
  'base64 words': `${btoa('please send this to me')} `,
  'hex words': '706c656173652073656e642074686973 ',
}

export const ADVERSARIAL: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, repeated(part)])),
  'image queries': repeated(`![a](http://a${'?=&'.repeat(600)}) `),
  'image marks': repeated(`![a](http://a${'?'.repeat(1_900)}) `),
  'token runs': repeated(`eyJ${'a'.repeat(4_100)}.`),
  'label runs': repeated(`a@${'a-'.repeat(31)}`),
  'many wrong values': `[${`${' '.repeat(55)}1,`.repeat(18_000)}1]`,
  'base64 run': mixed(BASE64),
  'all signs': mixed(` \n.,:;@-_=+/()[]{}<>|!?*#'"\`~$%&^\\${BASE64}`),
  'every unit': Array.from({ length: CHARS }, (_, at) => String.fromCharCode(at % 0x1_00_00)).join(''),
  'one long string': `"${'a'.repeat(CHARS - 2)}"`,
  'array of numbers': `[${'1,'.repeat(CHARS / 2 - 2)}1]`,
  'object of keys': `{${Array.from({ length: 80_000 }, (_, at) => `"k${at}":1`).join(',')}}`,
}

/** A run that is quick enough needs no second; one beyond the bound may have been disturbed. */
const ENOUGH_MS = 40
const BOUND_MS = 100

/** How long the yardstick takes on a machine of the speed that bounds in milliseconds are meant for. */
const YARDSTICK_MS = 8

/**
 * The slowest text of all, by the best of some runs each, in milliseconds of a machine of ordinary speed: on a slower one
 * the clock is divided by how much slower it is.
 */
export async function slowest(critic: Critic, look: 'response' | 'prompt' = 'response') {
  const work = workOf(critic)
  const slowness = Math.max(1, yardstickMs() / YARDSTICK_MS)
  let worst = { text: '', ms: 0 }
  for (const [text, content] of Object.entries(ADVERSARIAL)) {
    const input = { id: 'review-1', prompt: '', response: '', context: {}, [look]: content }
    let best = Infinity
    for (let run = 0; best > ENOUGH_MS && run < (best > BOUND_MS ? 20 : 3); run++) {
      const from = busyMs()
      await work?.(input, { signal: new AbortController().signal, attempt: 1, key: 'k', prior: {} })
      best = Math.min(best, (busyMs() - from) / slowness)
    }
    if (best > worst.ms) worst = { text, ms: best }
  }
  return worst
}

/** Milliseconds for reading 4 MiB of characters, at best. */
function yardstickMs(): number {
  const text = BASE64.repeat((4 * CHARS) / BASE64.length)
  let best = Infinity
  for (let run = 0; run < 10; run++) {
    const from = busyMs()
    let sum = 0
    for (let at = 0; at < text.length; at++) sum = (sum * 31 + text.charCodeAt(at)) | 0
    if (sum === 0.5) throw new Error('A whole number is no fraction.')
    best = Math.min(best, busyMs() - from)
  }
  return best
}

/** Time this thread has worked, in milliseconds: what other programs on the machine take does not count. */
function busyMs(): number {
  // Node 22 has only the whole process's.
  const { user, system } = process.threadCpuUsage?.() ?? process.cpuUsage()
  return (user + system) / 1_000
}
