import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { personalDataCritic } from '../../../src/actors/critics/index.ts'
import { passesMod97 } from '../../../src/actors/critics/personal-data/iban.ts'
import { passesLuhn } from '../../../src/actors/critics/personal-data/luhn.ts'
import { slowest } from './adversarial.ts'
import { evaluate, rulesOf } from './evaluate.ts'

const FOUND: readonly (readonly [string, string])[] = [
  ['email', 'Write to jane.doe+news@mail.acme.co.uk, please.'],
  ['email', 'mailto:info@münchen.de'],
  ['email', "<o'brien@acme.io>"],
  ['phone', 'Ring +49 (0) 30 901820 today'],
  ['phone', 'Ring +14155552671'],
  ['phone', 'Ring (415) 867-5309'],
  ['phone', 'Ring 415-867-5309.'],
  ['phone', 'Telephone: 030 901 820'],
  ['phone', 'My mobile number is 07700 912345'],
  ['payment_card', 'Pay with 4111 1111 1111 1111, 12/27'],
  ['payment_card', 'Pay with 5555-5555-5555-4444.'],
  ['payment_card', 'amex 378282246310005'],
  ['payment_card', 'amex 3782 822463 10005'],
  ['iban', 'to DE89 3704 0044 0532 0130 00 THANKS'],
  ['iban', 'to GB82WEST12345698765432.'],
  ['ip_address', 'from 81.2.69.142, yesterday'],
  ['ip_address', 'http://8.8.4.4/x'],
  ['ip_address', 'from 2a00:1450:4001:82a::200e'],
  ['us_ssn', 'his is 123-45-6789.'],
  ['us_ssn', 'SSN: 123456789'],
]

const INNOCENT: readonly string[] = [
  'Order 4539-1488-0343-6468 and 4111 1111 1111 1112 fail the check.',
  'ISBN 978-3-16-148410-0, ISBN-10 0-306-40615-2, EAN 4006381333931',
  'Version 1.2.3.4, v10.20.30.40, Chrome/120.0.0.0 Safari/537.36',
  'On 2024-01-15 12:30:00, or 15.01.2024, at 12:30:45.123',
  'timestamp 1700000000000, id 4111111111111111a, hash d41d8cd98f00b204e9800998ecf8427e',
  'uuid 123e4567-e89b-12d3-a456-426614174000',
  'npm i @scope/pkg react@18.2.0 lodash@4.17.21-next.foo',
  'icon@2x.png and sprite@3x.webp',
  'git@github.com:org/repo.git and ssh://git@host.org/x and ftp://bob@files.org',
  'https://app:Zx81spectrum@db.acme.com/x',
  'user@example.com, root@localhost, me@host.test',
  'at 127.0.0.1, 10.1.2.3, 192.168.0.1, 172.20.1.1, 203.0.113.9, ::1, fe80::1, 2001:db8::5',
  'std::vector<int> a::b dead::beef',
  'call 555-0123 or 415-555-0199',
  'SSN 000-12-3456, 666-12-3456, 900-12-3456, 123-00-4567, 123-45-0000, 078-05-1120',
  'we sold 200 300 4000 units, +12 points, 3.14159265358979',
  'DE89 3704 0044 0532 0130 01 has wrong check digits; AB12 too',
  'const x = a.b@c; foo(1, 2, 3); 1-800; 10-20-3000',
  'Call 2024-01-15 meeting. Text 12345.',
]

describe('the personal data critic', () => {
  it.each(FOUND)('finds %s in: %s', async (kind, text) => {
    expect(await rulesOf(personalDataCritic(), text)).toEqual([`personal_data.${kind}`])
  })

  it.each(INNOCENT)('lets pass: %s', async (text) => {
    expect((await evaluate(personalDataCritic(), text)).violations).toEqual([])
  })

  it('says where, and never repeats the value', async () => {
    const finding = await evaluate(personalDataCritic(), 'Card 4111 1111 1111 1111 of jane@acme.org')
    expect(finding).toMatchObject({
      severity: 2.5,
      violations: [
        { message: 'an e-mail address at character 29 of the response' },
        { message: 'a payment card number at character 6 of the response' },
      ],
    })
    expect(JSON.stringify(finding)).not.toMatch(/4111|jane|acme/)
  })

  it('looks only for the kinds asked for, as gravely as told', async () => {
    const text = 'jane@acme.org from 81.2.69.142'
    const critic = personalDataCritic({ kinds: ['email'], severities: { email: 2 } })
    expect(await evaluate(critic, text)).toMatchObject({
      severity: 2,
      details: { rules: { 'personal_data.email': 1 } },
    })
  })

  it('finds reserved addresses when asked to', async () => {
    const text = '127.0.0.1 fe80::1 user@example.com 415-555-0199'
    const finding = await evaluate(personalDataCritic({ ignoreReserved: false }), text)
    expect(finding.details).toMatchObject({ total: 4 })
  })

  it('lets allowed values pass', async () => {
    expect(await rulesOf(personalDataCritic({ allow: ['help@acme.org'] }), 'help@acme.org')).toEqual([])
  })

  it('reads national numbers with libphonenumber', async () => {
    const text = 'Bureau 01 42 68 53 00, réf 2024-01-15'
    expect(await rulesOf(personalDataCritic(), text)).toEqual([])
    const french = personalDataCritic({ libphonenumber: { defaultCountry: 'fr' } })
    expect(await evaluate(french, text)).toMatchObject({
      violations: [{ message: expect.stringContaining('character 8 ') }],
    })
    expect(await rulesOf(personalDataCritic({ libphonenumber: true }), text)).toEqual([])
  })

  it('is uncertain about what it left unchecked', async () => {
    const critic = personalDataCritic({ libphonenumber: true, kinds: ['phone'] })
    expect(await evaluate(critic, '1234567, '.repeat(1_001))).toMatchObject({ severity: 0, uncertainty: 0.8 })
  })

  it('lists at most 100 violations', async () => {
    const finding = await evaluate(personalDataCritic(), 'jane@acme.org '.repeat(500))
    expect(finding.violations).toHaveLength(100)
    expect(finding.details).toMatchObject({ total: 500 })
  })

  it('takes no longer than 100 ms for 1 MiB of anything', async () => {
    expect((await slowest(personalDataCritic())).ms).toBeLessThan(100)
    expect((await slowest(personalDataCritic({ ignoreReserved: false }))).ms).toBeLessThan(100)
  })
})

describe('the check digits', () => {
  const digits = fc.stringMatching(/^\d{8,18}$/)

  it('of Luhn hold for exactly one last digit', () => {
    fc.assert(
      fc.property(digits, (number) => {
        const passing = [...'0123456789'].filter((check) => passesLuhn(number + check))
        expect(passing).toHaveLength(1)
      }),
    )
  })

  it('of Luhn notice any single wrong digit', () => {
    fc.assert(
      fc.property(digits, fc.nat(), fc.integer({ min: 1, max: 9 }), (number, place, shift) => {
        const check = [...'0123456789'].find((digit) => passesLuhn(number + digit)) ?? ''
        const all = number + check
        const at = place % all.length
        const wrong = `${all.slice(0, at)}${(Number(all.charAt(at)) + shift) % 10}${all.slice(at + 1)}`
        expect(passesLuhn(wrong)).toBe(false)
      }),
    )
  })

  it('of an IBAN can be computed, and notice any single wrong character', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[0-9A-Z]{10,28}$/),
        fc.nat(),
        fc.integer({ min: 1, max: 9 }),
        (account, place, shift) => {
          const iban = `DE${checkDigits('DE', account)}${account}`
          expect(passesMod97(iban)).toBe(true)
          const at = 4 + (place % account.length)
          const was = iban.charAt(at)
          const other = /\d/.test(was) ? String((Number(was) + shift) % 10) : was === 'A' ? 'B' : 'A'
          expect(passesMod97(iban.slice(0, at) + other + iban.slice(at + 1))).toBe(false)
        },
      ),
    )
  })
})

/** By whole-number arithmetic, as the standard describes it: 98 minus the remainder with check digits 00. */
function checkDigits(country: string, account: string): string {
  const number = [...`${account}${country}00`].map((sign) => Number.parseInt(sign, 36)).join('')
  return String(98n - (BigInt(number) % 97n)).padStart(2, '0')
}
